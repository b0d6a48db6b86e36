-- Data planes hear of domain names: those that are there already are news to all of them.
update revision set value = value + 1 where exists (select 1 from domain_names);
insert into changes (kind, scope, name, revision, deleted)
select 'domain_name', '', domain_names.domain_name, revision.value, 0
from domain_names, revision;
