-- phase: expand
-- Something to sell: 1,000 products, 200 in each of five categories, always the same ones, and a handful of orders.

with category(place, name, brands, lines, things, cheapest) as (
  values
    (0, 'Electronics', array['Voltara', 'Northwind', 'Pixelight', 'Auralis', 'Kestrel'],
     array['Air', 'Pro', 'Mini', 'Max', 'Lite', 'Studio', 'Go', 'Edge', 'Prime', 'One'],
     array['Wireless Headphones', 'Smartphone', 'Laptop', 'Tablet', 'Smartwatch', 'Bluetooth Speaker', '4K Monitor', 'Mechanical Keyboard', 'Gaming Mouse', 'Webcam',
           'Power Bank', 'USB-C Hub', 'E-Reader', 'Action Camera', 'Soundbar', 'Wi-Fi Router', 'External SSD', 'Microphone', 'Projector', 'Drone'], 19),
    (1, 'Clothing', array['Harbor & Pine', 'Lumen', 'Oakfield', 'Merino Co.', 'Sable'],
     array['Classic', 'Slim', 'Relaxed', 'Heritage', 'Everyday', 'Organic', 'Thermal', 'Travel', 'Weekend', 'Essential'],
     array['T-Shirt', 'Hoodie', 'Jeans', 'Chinos', 'Rain Jacket', 'Wool Sweater', 'Oxford Shirt', 'Summer Dress', 'Sneakers', 'Leather Boots',
           'Beanie', 'Scarf', 'Socks', 'Belt', 'Shorts', 'Polo Shirt', 'Cardigan', 'Down Vest', 'Swimsuit', 'Gloves'], 9),
    (2, 'Home & Kitchen', array['Casa Verde', 'Ironleaf', 'Brightwell', 'Nordhem', 'Claypot'],
     array['Compact', 'Family', 'Chef', 'Rustic', 'Modern', 'Stackable', 'Nonstick', 'Bamboo', 'Ceramic', 'Steel'],
     array['Frying Pan', 'Saucepan', 'Knife Set', 'Cutting Board', 'Coffee Maker', 'Electric Kettle', 'Toaster', 'Blender', 'Stand Mixer', 'Storage Jars',
           'Dinner Plates', 'Wine Glasses', 'Table Lamp', 'Throw Blanket', 'Cushion', 'Bath Towels', 'Bed Sheets', 'Wall Clock', 'Vase', 'Laundry Basket'], 7),
    (3, 'Books', array['Lighthouse Press', 'Inkwell House', 'Meridian', 'Paper Crane', 'Old Mill'],
     array['A Short', 'The Complete', 'The Practical', 'An Illustrated', 'The Pocket', 'The Modern', 'The Curious', 'A Beginner''s', 'The Essential', 'A Traveller''s'],
     array['History of Maps', 'Guide to Bread', 'Book of Birds', 'Atlas of Rivers', 'Course in Chess', 'Guide to Gardens', 'History of Clocks', 'Book of Knots', 'Guide to Stars',
           'Course in Drawing', 'History of Tea', 'Guide to Mushrooms', 'Book of Bridges', 'Course in Photography', 'Atlas of Islands', 'Guide to Cheese', 'History of Trains',
           'Book of Poems', 'Guide to Statistics', 'History of Coffee'], 5),
    (4, 'Sports & Outdoors', array['Summitline', 'Trailhead', 'Bluewater', 'Kinetic', 'Granite'],
     array['Ultralight', 'Alpine', 'Trail', 'Junior', 'Expedition', 'Race', 'Endurance', 'Foldable', 'Waterproof', 'Training'],
     array['Tent', 'Sleeping Bag', 'Backpack', 'Hiking Poles', 'Headlamp', 'Water Bottle', 'Yoga Mat', 'Dumbbells', 'Running Shoes', 'Bike Helmet',
           'Cycling Jersey', 'Climbing Rope', 'Camping Stove', 'Football', 'Basketball', 'Tennis Racket', 'Swim Goggles', 'Skipping Rope', 'Kayak Paddle', 'Dry Bag'], 8)
), product as (
  select c.*, line, thing, (thing - 1) * 10 + line as number,
         c.brands[1 + (line + thing) % 5] as brand,
         case when c.name = 'Books' then c.lines[line] || ' ' || c.things[thing]
              else c.brands[1 + (line + thing) % 5] || ' ' || c.lines[line] || ' ' || c.things[thing] end as title
    from category c, generate_series(1, 20) as thing, generate_series(1, 10) as line
)
insert into public.products (name, description, price, category, brand, stock_quantity, image_url, created_at)
select title,
       format('%s, one of our favourites in %s: made to last, easy to love, and sent within two days.', title, lower(name)),
       cheapest * (1 + thing * 7 % 20) + line * 3 + 0.99 - 0.50 * (line % 2),
       name,
       brand,
       20 + number * 37 % 180,
       format('/images/%s/%s.jpg', replace(replace(lower(name), ' & ', '-'), ' ', '-'), lpad(number::text, 3, '0')),
       timestamp '2024-01-01 08:00:00' + (place * 200 + number) * interval '7 minutes'
  from product
 order by place, number;

insert into public.orders (order_timestamp, total_amount, status)
select timestamp '2024-02-01 12:00:00' + n * interval '5 hours 17 minutes', 0, (array['placed', 'shipped', 'delivered'])[1 + n % 3]
  from generate_series(1, 8) as n
 order by n;

insert into public.order_line_items (order_id, product_id, quantity, price, created_at)
select o.order_id, p.product_id, 1 + line % 3, p.price, o.order_timestamp
  from (select *, row_number() over (order by order_id) as n from public.orders) as o
 cross join generate_series(1, 3) as line
  join (select *, row_number() over (order by product_id) as place from public.products) as p on p.place = 1 + (o.n * 131 + line * 311) % 1000
 where line <= 1 + o.n % 3
 order by o.order_id, line;

update public.orders o
   set total_amount = (select sum(i.quantity * i.price) from public.order_line_items i where i.order_id = o.order_id);
