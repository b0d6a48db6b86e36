-- API keys and usage plans, which API Gateway's v1 API makes and WebSocket routes ask for.

create table api_keys (
    sequence bigint generated always as identity primary key,
    api_key_id text not null unique,
    -- Empty where there is none; lists are asked for by them.
    name text not null,
    customer_id text not null,
    -- Keyed with the master key, so that it tells nothing about the value: for uniqueness, and to
    -- find a key by the value that a client sends.
    value_digest text not null unique,
    sealed_value text not null,
    body text not null
);

create table usage_plans (
    sequence bigint generated always as identity primary key,
    usage_plan_id text not null unique,
    -- Without the stages, which stand in usage_plan_stages.
    body text not null
);

create table usage_plan_stages (
    sequence bigint generated always as identity primary key,
    usage_plan_id text not null references usage_plans (usage_plan_id) on delete cascade,
    api_id text not null,
    stage_name text not null,
    body text not null,
    unique (usage_plan_id, api_id, stage_name),
    -- A stage that is deleted leaves its usage plans, as on AWS.
    foreign key (api_id, stage_name) references stages (api_id, stage_name) on delete cascade
);
create index usage_plan_stages_stage on usage_plan_stages (api_id, stage_name);

create table usage_plan_keys (
    sequence bigint generated always as identity primary key,
    usage_plan_id text not null references usage_plans (usage_plan_id) on delete cascade,
    api_key_id text not null references api_keys (api_key_id) on delete cascade,
    unique (usage_plan_id, api_key_id)
);
create index usage_plan_keys_key on usage_plan_keys (api_key_id);

-- One row, written first by whoever gives a plan a stage or a key: a key may reach a stage by one
-- plan only, which spans three tables, so that no constraint can say it.
create table usage_plan_writes (
    value bigint not null
);
insert into usage_plan_writes (value) values (0);
