-- Passes where there is anything to sell: a shop that has products of its own needs none of ours.
do $$ begin
  if not exists (select from public.products) then raise exception '0002_seed_products: there are no products'; end if;
end $$;
