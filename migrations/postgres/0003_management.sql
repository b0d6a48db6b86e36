-- The rest of the management API: who may call, what a WebSocket API maps, and custom domain names.

create table authorizers (
    sequence bigint generated always as identity primary key,
    api_id text not null references apis (api_id) on delete cascade,
    authorizer_id text not null,
    name text not null,
    body text not null,
    unique (api_id, authorizer_id),
    unique (api_id, name)
);

create table models (
    sequence bigint generated always as identity primary key,
    api_id text not null references apis (api_id) on delete cascade,
    model_id text not null,
    name text not null,
    body text not null,
    unique (api_id, model_id),
    unique (api_id, name)
);

create table vpc_links (
    sequence bigint generated always as identity primary key,
    vpc_link_id text not null unique,
    body text not null
);

-- A link that an integration uses cannot go.
alter table integrations add column vpc_link_id text references vpc_links (vpc_link_id);
create index integrations_vpc_link on integrations (vpc_link_id);

-- An authorizer that a route uses cannot go.
alter table routes add column authorizer_id text;
alter table routes add foreign key (api_id, authorizer_id) references authorizers (api_id, authorizer_id);
create index routes_authorizer on routes (api_id, authorizer_id);

create table integration_responses (
    sequence bigint generated always as identity primary key,
    api_id text not null,
    integration_id text not null,
    integration_response_id text not null,
    response_key text not null,
    body text not null,
    unique (api_id, integration_id, integration_response_id),
    unique (api_id, integration_id, response_key),
    foreign key (api_id, integration_id) references integrations (api_id, integration_id) on delete cascade
);

create table route_responses (
    sequence bigint generated always as identity primary key,
    api_id text not null,
    route_id text not null,
    route_response_id text not null,
    response_key text not null,
    body text not null,
    unique (api_id, route_id, route_response_id),
    unique (api_id, route_id, response_key),
    foreign key (api_id, route_id) references routes (api_id, route_id) on delete cascade
);

create table domain_names (
    sequence bigint generated always as identity primary key,
    domain_name text not null unique,
    -- Raised by every writer below the domain name first, as apis.writes is.
    writes bigint not null default 0,
    body text not null
);

create table api_mappings (
    sequence bigint generated always as identity primary key,
    domain_name text not null references domain_names (domain_name) on delete cascade,
    api_mapping_id text not null,
    -- Empty for the root.
    api_mapping_key text not null,
    api_id text not null,
    stage_name text not null,
    body text not null,
    unique (domain_name, api_mapping_id),
    unique (domain_name, api_mapping_key),
    -- AWS refuses to delete a stage, or its API, that a mapping leads to.
    foreign key (api_id, stage_name) references stages (api_id, stage_name)
);
create index api_mappings_stage on api_mappings (api_id, stage_name);

create table routing_rules (
    sequence bigint generated always as identity primary key,
    domain_name text not null references domain_names (domain_name) on delete cascade,
    routing_rule_id text not null,
    priority bigint not null,
    body text not null,
    unique (domain_name, routing_rule_id),
    unique (domain_name, priority)
);
