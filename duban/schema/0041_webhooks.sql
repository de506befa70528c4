-- Subscriptions to the log's events: which types, how far each has come, and why one stands still.
alter table webhook drop column prefix;
alter table webhook add column types text[] not null default '{}';  -- patterns such as suggestion.*
alter table webhook add column added_at timestamptz not null default clock_timestamp();
alter table webhook add column added_by text not null default 'duban';
alter table webhook add column delivered_at timestamptz;   -- when the last event was taken
alter table webhook add column failing_since timestamptz;  -- the first failed try of the event that is next
alter table webhook add column paused_at timestamptz;
alter table webhook add column given_up boolean not null default false;  -- it was paused by itself, after many tries
alter table webhook add column rounds integer not null default 0;        -- how often that happened
create unique index webhook_url on webhook (url);
