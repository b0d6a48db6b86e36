-- Whose key it is, and what it may do. Keys of before are the administrator's.
alter table access_keys add column user_name text not null default 'administrator';
alter table access_keys add column policy text not null default
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
