-- A mail's content is fixed before its first try, so that a repeated one says the same under the same key.
alter table notice_delivery add column sealed_at timestamptz;
update notice_delivery set sealed_at = try_at where day is null or tries > 0 or delivered_at is not null;
alter table notice_delivery add column server_answered text;  -- what the mail server said in the end
alter table notice_delivery add column rounds integer not null default 0;  -- how often it was given up
create index notice_untold on notice (congress, audience, who, recorded_at) where delivery is null;

-- How many were delivered, failed once or were given up; counted here, as old rows may be cleared away one day.
create table delivery_tally (
    channel text not null,
    outcome text not null,
    total bigint not null,
    primary key (channel, outcome)
);
grant select, insert, update on delivery_tally to duban_app;
create index notice_delivery_waiting on notice_delivery (sealed_at) where delivered_at is null and given_up_at is null;
create index notice_delivery_given_up on notice_delivery (given_up_at) where given_up_at is not null;
create index notice_delivery_by_recipient on notice_delivery (congress, audience, who, sealed_at);
