-- The run counts its steps: an UPDATE sees what others have committed, where max(seq) + 1 would give two of them the same number.
with counted as (
  update mykartctl.run set steps = steps + 1 where run = :'run'::bigint returning run, steps
)
insert into mykartctl.step (run, seq, kind, name, phase, action, step, before)
select run, steps, :'kind', :'name', :'phase', :'action', :'step'::jsonb, :'before'::jsonb from counted
returning seq;
