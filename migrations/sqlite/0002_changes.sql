-- What data planes must hear, and under which revision it last changed (docs/adr/0001).

create table revision (
    value integer not null,
    -- This database's own id: revisions of another database mean nothing here.
    source text not null
);
insert into revision (value, source) values (0, lower(hex(randomblob(16))));

-- One row per thing that ever changed, so that a reader that was away for long gets each once.
-- What is gone stays as a tombstone.
create table changes (
    kind text not null,
    -- The API of a stage.
    scope text not null,
    name text not null,
    revision integer not null,
    deleted integer not null,
    primary key (kind, scope, name)
);
create index changes_revision on changes (revision);
