-- What data planes must hear, and under which revision it last changed (docs/adr/0001).

create table revision (
    value bigint not null,
    -- This database's own id: revisions of another database mean nothing here.
    source text not null
);
insert into revision (value, source) values (0, md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text));

-- One row per thing that ever changed, so that a reader that was away for long gets each once.
-- What is gone stays as a tombstone.
create table changes (
    kind text not null,
    -- The API of a stage.
    scope text not null,
    name text not null,
    revision bigint not null,
    deleted bigint not null,
    primary key (kind, scope, name)
);
create index changes_revision on changes (revision);
