-- A topic was deleted and made anew, and what is lost by that is accepted. What was replayed of the old one keeps its place under another name: its
-- offsets are not those of the new one, and its rows are events of no topic any more.
with gone as (
  delete from mykartctl.replay_offset where table_name = :'table' and topic = :'topic'
), replayed as (
  update mykartctl.replayed set topic = :'old_topic' where table_name = :'table' and topic = :'topic'
), ledger as (
  update mykartctl.ledger set topic = :'old_topic' where table_name = :'table' and topic = :'topic'
)
update mykartctl.dead_letter set topic = :'old_topic' where table_name = :'table' and topic = :'topic';
