-- One table per resource: ids and references as columns, so that the database keeps them, and the
-- resource itself as JSON text. `sequence` only ever rises: lists page by it.

create table apis (
    sequence integer primary key autoincrement,
    api_id text not null unique,
    -- Raised by every writer below the API first: the row lock that writers queue on.
    writes integer not null default 0,
    body text not null
);

create table integrations (
    sequence integer primary key autoincrement,
    api_id text not null references apis (api_id) on delete cascade,
    integration_id text not null,
    body text not null,
    unique (api_id, integration_id)
);

create table routes (
    sequence integer primary key autoincrement,
    api_id text not null references apis (api_id) on delete cascade,
    route_id text not null,
    route_key text not null,
    integration_id text,
    body text not null,
    unique (api_id, route_id),
    unique (api_id, route_key),
    -- AWS refuses to delete an integration that a route targets. No action rather than restrict:
    -- checked when the statement ends, so that deleting the API may cascade to both.
    foreign key (api_id, integration_id) references integrations (api_id, integration_id)
);
create index routes_integration on routes (api_id, integration_id);

create table deployments (
    sequence integer primary key autoincrement,
    api_id text not null references apis (api_id) on delete cascade,
    deployment_id text not null,
    auto_deployed integer not null,
    body text not null,
    -- The whole API as it stood; never changes.
    content text not null,
    unique (api_id, deployment_id)
);

create table stages (
    sequence integer primary key autoincrement,
    api_id text not null references apis (api_id) on delete cascade,
    stage_name text not null,
    deployment_id text,
    body text not null,
    unique (api_id, stage_name),
    -- A deployment that a stage points at cannot go.
    foreign key (api_id, deployment_id) references deployments (api_id, deployment_id)
);
create index stages_deployment on stages (api_id, deployment_id);

create table access_keys (
    sequence integer primary key autoincrement,
    access_key_id text not null unique,
    sealed_secret text not null,
    active integer not null,
    created_at integer not null
);
