"""Documents made of several tables, a second time and in Python. Which rows belong together is asked of the source itself, by a join."""
from lib import values
from lib.designs import ItemType, sortable


class Joined:
    """All rows of a source in memory, by primary key, and joins between them."""

    def __init__(self, source):
        self.source = source
        self.tables = {table.name: table for table in source.tables()}
        self.rows = {}
        for table in self.tables.values():
            self.rows[table.name] = {self.key(row): row for row in source.rows(table)} if table.identity else {}

    @staticmethod
    def key(row) -> tuple:
        return tuple(str(row.raw[column]).strip() for column in row.table.identity)

    def query(self, sql: str) -> list:
        if hasattr(self.source, "query"):
            return self.source.query(sql)
        return self.source.connection.execute(sql).fetchall()

    def pairs(self, parent: str, child: str, on: str, order: str = "") -> dict:
        """Parent's key -> the children's rows, as the source joins them."""
        parents = [f"p.{column}" for column in self.tables[parent].identity]
        children = [f"c.{column}" for column in self.tables[child].identity]
        found = {}
        sql = f"SELECT {', '.join(parents + children)} FROM {parent} p JOIN {child} c ON {on}" + (f" ORDER BY {order}" if order else "")
        for line in self.query(sql):
            key = tuple(str(value).strip() for value in line)
            found.setdefault(key[:len(parents)], []).append(self.rows[child][key[len(parents):]])
        return found


def taken(row, columns=None, excluded=()) -> dict:
    return {name: value for name, value in row.attributes().items() if (columns is None or name in columns) and name not in excluded}


def a_map(attributes: dict) -> dict:
    return {"M": attributes}


def sort_text(row, column: str) -> str:
    return sortable(row.raw[column], row.table.width(column))


def shop(source) -> list[ItemType]:
    """examples/documents/itemize.yaml"""
    joined = Joined(source)
    addresses = joined.pairs("customers", "addresses", "c.customer_id = p.id", "c.position")
    nations = joined.pairs("addresses", "countries", "p.country = c.iso_code")
    orders = joined.pairs("customers", "orders", "c.customer_id = p.id", "c.placed_at DESC, c.id DESC")
    buyers = joined.pairs("orders", "customers", "p.customer_id = c.id")
    lines = joined.pairs("orders", "order_lines", "c.order_id = p.id", "c.line_no")
    products = joined.pairs("order_lines", "products", "p.product_id = c.id")
    paid = joined.pairs("payments", "orders", "p.order_id = c.id")
    links = joined.pairs("products", "product_tags", "c.product_id = p.id")
    tags = joined.pairs("product_tags", "tags", "p.tag_id = c.id")
    stock = joined.pairs("products", "inventory", "c.product_id = p.id")
    parents = joined.pairs("categories", "categories", "p.parent_id = c.id")

    def address(row):
        made = taken(row, excluded=("customer_id",))
        for nation in nations.get(Joined.key(row), []):
            made["nation"] = a_map(taken(nation, ("name", "currency")))
        return a_map(made)

    def customer(row):
        mine = orders.get(Joined.key(row), [])
        made = {**taken(row, ("id", "full_name", "newsletter")), "PK": values.string(f"CUSTOMER#{row.raw['id']}"), "SK": values.string("PROFILE"),
                "addresses": {"L": [address(each) for each in addresses.get(Joined.key(row), [])]}, "order_count": values.number(len(mine))}
        if mine:
            made["latest_order"] = a_map(taken(mine[0], ("id", "placed_at", "status")))
        return made

    def line(row):
        made = taken(row, excluded=("order_id",))
        made["unit_price"] = values.number(row.raw["unit_price"])
        for product in products.get(Joined.key(row), []):
            made |= taken(product, ("sku", "name"))
        return a_map(made)

    def order(row):
        if row.raw["status"] == "draft":
            return None
        made = {**row.attributes(), "PK": values.string(f"CUSTOMER#{row.raw['customer_id']}"), "SK": values.string("ORDER#" + sort_text(row, "id")),
                "lines": {"L": [line(each) for each in lines.get(Joined.key(row), [])]}}
        for buyer in buyers.get(Joined.key(row), []):
            made |= taken(buyer, ("full_name",))
        return made

    def payment(row):
        (of,) = paid[Joined.key(row)]
        return {**row.attributes(), "PK": values.string(f"CUSTOMER#{of.raw['customer_id']}"),
                "SK": values.string(f"PAYMENT#{row.raw['order_id']}#{row.attributes()['id']['S']}")}

    def product(row):
        names = sorted(tag.attributes()["name"]["S"] for link in links.get(Joined.key(row), []) for tag in tags[Joined.key(link)])
        made = {**taken(row, ("sku", "name")), "PK": values.string(f"PRODUCT#{row.raw['id']}"), "SK": values.string("PRODUCT"),
                "stock": a_map({each.raw["warehouse"]: a_map(taken(each, ("quantity", "reserved"))) for each in stock.get(Joined.key(row), [])})}
        return made | ({"tags": {"SS": names}} if names else {})

    def category(row):
        way = [row]
        while above := parents.get(Joined.key(way[0]), []):
            way.insert(0, above[0])
        return {**taken(row, ("name",)), "PK": values.string("CATEGORIES"), "SK": values.string("CATEGORY#" + sort_text(row, "id")),
                "way": values.string(" / ".join(each.raw["name"] for each in way)), "root": values.string(way[0].raw["slug"])}

    made = [("Customer", "customers", customer), ("Order", "orders", order), ("Payment", "payments", payment), ("Product", "products", product), ("Category", "categories", category)]
    return [ItemType(name, table, "documents", ["PK", "SK"], make) for name, table, make in made]


TPCC_MODEL = """itemize: 1
source: "{source}"
target: {{ region: eu-west-1 }}
tables:
  tpcc: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }}
items:
  Warehouse:
    table: tpcc
    from: warehouse
    key: {{ PK: "W#{{w_id}}", SK: WAREHOUSE }}
    columns: [w_name, w_tax]
    embed: {{ districts: {{ from: district, columns: [d_name, d_tax, d_next_o_id], shape: {{ map_by: d_id }} }} }}
  Order:
    table: tpcc
    from: orders
    key: {{ PK: "W#{{o_w_id}}#D#{{o_d_id}}", SK: "ORDER#{{sortable(o_id)}}" }}
    lookup: {{ customer: {{ from: customer, columns: [c_last, c_credit] }} }}
    embed:
      lines:
        from: order_line
        columns: [ol_number, ol_quantity, ol_amount]
        order_by: [ol_number]
        limit: 7
        on_overflow: {{ spill: {{ key: {{ PK: "W#{{o_w_id}}#D#{{o_d_id}}", SK: "LINES#{{sortable(o_id)}}#{{chunk}}" }}, items: 4 }} }}
        lookup: {{ stock: {{ from: stock, columns: none, lookup: {{ item: {{ from: item, columns: [i_name], flatten: true }} }}, flatten: true }} }}
"""


def tpcc(source) -> list[ItemType]:
    """TPCC_MODEL: composite foreign keys, a map, lookups in lookups, and lines beyond the seventh in further items of four."""
    joined = Joined(source)
    districts = joined.pairs("warehouse", "district", "c.d_w_id = p.w_id")
    buyers = joined.pairs("orders", "customer", "(p.o_w_id, p.o_d_id, p.o_c_id) = (c.c_w_id, c.c_d_id, c.c_id)")
    lines = joined.pairs("orders", "order_line", "(c.ol_w_id, c.ol_d_id, c.ol_o_id) = (p.o_w_id, p.o_d_id, p.o_id)", "c.ol_number")
    goods = joined.pairs("order_line", "item", "p.ol_i_id = c.i_id")

    def warehouse(row):
        return {**taken(row, ("w_name", "w_tax")), "PK": values.string(f"W#{row.raw['w_id']}"), "SK": values.string("WAREHOUSE"),
                "districts": a_map({each.raw["d_id"]: a_map(taken(each, ("d_name", "d_tax", "d_next_o_id"))) for each in districts.get(Joined.key(row), [])})}

    def documents_of(row):
        return [a_map(taken(each, ("ol_number", "ol_quantity", "ol_amount")) | taken(goods[Joined.key(each)][0], ("i_name",))) for each in lines.get(Joined.key(row), [])]

    def place(row):
        return values.string(f"W#{row.raw['o_w_id']}#D#{row.raw['o_d_id']}")

    def order(row):
        (buyer,) = buyers[Joined.key(row)]
        return {**row.attributes(), "PK": place(row), "SK": values.string("ORDER#" + sort_text(row, "o_id")), "customer": a_map(taken(buyer, ("c_last", "c_credit"))),
                "lines": {"L": documents_of(row)[:7]}}

    def spilled(chunk):
        def make(row):
            rest = documents_of(row)[7 + 4 * chunk:7 + 4 * chunk + 4]
            return {"PK": place(row), "SK": values.string(f"LINES#{sort_text(row, 'o_id')}#{chunk}"), "lines": {"L": rest}} if rest else None
        return make

    made = [("Warehouse", "warehouse", warehouse), ("Order", "orders", order), *[(f"Lines{chunk}", "orders", spilled(chunk)) for chunk in range(3)]]
    return [ItemType(name, table, "tpcc", ["PK", "SK"], make) for name, table, make in made]
