-- How often what Lambda authorizers decided on a stage was to be forgotten.
alter table stages add column authorizers_cache_epoch bigint not null default 0;

-- Data planes hear of access keys: those that are there already are news to all of them.
update revision set value = value + 1 where exists (select 1 from access_keys);
insert into changes (kind, scope, name, revision, deleted)
select 'access_key', '', access_keys.access_key_id, revision.value, 1 - access_keys.active
from access_keys, revision;
