-- Products and orders are the shop: no command of this project removes them.
do $$ begin raise exception 'the products are never removed'; end $$;
