"""Models for other tools, each against a validator of that tool or a schema written from its documentation; models from other tools."""
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from support import copy_of, needs_program

pytestmark = needs_program

MODEL = """itemize: 1
source: sqlite:shop.db
target: { region: eu-west-1 }
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes:
      by_related: { partition_key: { GSI1PK: S }, sort_key: { GSI1SK: S }, projection: { INCLUDE: [name, email] } }
    local_secondary_indexes: { by_born: { sort_key: { born: S }, projection: KEYS_ONLY } }
    time_to_live: { attribute: expiresAt }
    stream: NEW_AND_OLD_IMAGES
    point_in_time_recovery: true
    deletion_protection: true
    table_class: STANDARD_INFREQUENT_ACCESS
    tags: { team: "shop ${x}" }
    after_load: [stream]
  sessions:
    partition_key: { token: S }
    billing_mode: PROVISIONED
    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 10 }
items:
  Customer:
    table: shop
    from: customers
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    index_keys: { by_related: { GSI1PK: "EMAIL#{lower(email)}", GSI1SK: PROFILE } }
    set: { expiresAt: "{epoch(created_at::timestamp + interval '20 years')}" }
    sensitive: [email, phone]
"""


@pytest.fixture
def shop(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(MODEL)
    return migration


def test_cloudformation_passes_its_linter(shop):
    template = shop.folder / "template.yaml"
    template.write_text(shop.ok("create", "--print", "cloudformation").out)
    lint = [Path(sys.executable).parent / "cfn-lint", "--regions", "eu-west-1", "--", template]
    done = subprocess.run(lint, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = template.read_text().replace("AttributeType: S", "AttributeType: Z")
    template.write_text(broken)
    assert subprocess.run(lint, capture_output=True).returncode != 0, "the linter looks at nothing"


# Of aws_dynamodb_table in the documentation of the provider hashicorp/aws: what stands where, and of which type.
TERRAFORM = {
    "": {"name": str, "billing_mode": str, "hash_key": str, "range_key": str, "read_capacity": int, "write_capacity": int, "stream_enabled": bool, "stream_view_type": str,
         "table_class": str, "deletion_protection_enabled": bool, "tags": dict},
    "attribute": {"name": str, "type": str},
    "global_secondary_index": {"name": str, "hash_key": str, "range_key": str, "projection_type": str, "non_key_attributes": list, "read_capacity": int, "write_capacity": int},
    "local_secondary_index": {"name": str, "range_key": str, "projection_type": str, "non_key_attributes": list},
    "ttl": {"attribute_name": str, "enabled": bool},
    "point_in_time_recovery": {"enabled": bool},
}


def bare(value):
    """Without the quotes that the parser leaves around strings."""
    if isinstance(value, dict):
        return {bare(name): bare(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and value.startswith('"') and value.endswith('"') else value


def check_block(block: dict, where: str) -> None:
    for name, value in block.items():
        if name.startswith("__"):
            continue
        if not where and name in TERRAFORM:
            for inner in value:
                check_block(inner, name)
        else:
            assert name in TERRAFORM[where], f"{where}: {name}"
            assert isinstance(value, TERRAFORM[where][name]), f"{where}: {name} = {value!r}"


def test_terraform_is_hcl_with_the_providers_words(shop):
    hcl2 = pytest.importorskip("hcl2")
    text = shop.ok("create", "--print", "terraform").out
    resources = [resource for each in bare(hcl2.loads(text))["resource"] for kind in each.values() for resource in kind.values()]
    assert len(resources) == 2
    for resource in resources:
        check_block(resource, "")
        keys = {inner["name"] for inner in resource["attribute"]}
        used = {resource["hash_key"], resource.get("range_key", resource["hash_key"])}
        for index in resource.get("global_secondary_index", []) + resource.get("local_secondary_index", []):
            used |= {index[key] for key in ("hash_key", "range_key") if key in index}
        assert keys == used, "the provider wants exactly the keys' attributes"
    assert '"shop $${x}"' in text


KEY = {"type": "object", "required": ["AttributeName", "AttributeType"], "properties": {"AttributeName": {"type": "string"}, "AttributeType": {"enum": ["S", "N", "B"]}}, "additionalProperties": False}
KEYS = {"type": "object", "required": ["PartitionKey"], "properties": {"PartitionKey": KEY, "SortKey": KEY}, "additionalProperties": False}
# As NoSQL Workbench exports a data model (version 3.0).
WORKBENCH = {
    "type": "object", "required": ["ModelName", "ModelMetadata", "DataModel"],
    "properties": {
        "ModelMetadata": {"type": "object", "required": ["Author", "DateCreated", "DateLastModified", "Description", "AWSService", "Version"]},
        "DataModel": {"type": "array", "items": {
            "type": "object", "required": ["TableName", "KeyAttributes", "NonKeyAttributes", "TableFacets", "GlobalSecondaryIndexes", "TableData", "DataAccess", "BillingMode"],
            "properties": {
                "KeyAttributes": KEYS,
                "NonKeyAttributes": {"type": "array", "items": {"type": "object", "properties": {"AttributeType": {"enum": ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]}}}},
                "TableFacets": {"type": "array", "items": {"type": "object", "required": ["FacetName", "KeyAttributeAlias", "TableData", "NonKeyAttributes", "DataAccess"]}},
                "GlobalSecondaryIndexes": {"type": "array", "items": {"type": "object", "required": ["IndexName", "KeyAttributes", "Projection"], "properties": {"KeyAttributes": KEYS}}},
                "BillingMode": {"enum": ["PAY_PER_REQUEST", "PROVISIONED"]},
            }}},
    },
}


def test_workbench_has_samples_and_facets_and_no_secrets(shop):
    result = shop.ok("create", "--print", "workbench", "-n", "2")
    document = json.loads(result.out)
    jsonschema.validate(document, WORKBENCH)
    table = document["DataModel"][0]
    assert len(table["TableData"]) == 2 and len({json.dumps(item["GSI1PK"]) for item in table["TableData"]}) == 2
    assert all(item["email"]["S"].startswith("***") for item in table["TableData"])
    assert table["TableFacets"][0]["KeyAttributeAlias"] == {"PartitionKeyAlias": "CUSTOMER#{id}", "SortKeyAlias": "PROFILE"}
    declared = {attribute["AttributeName"] for attribute in table["NonKeyAttributes"]} | {"PK", "SK"}
    assert all(set(item) <= declared for item in table["TableData"])
    assert "index by_born of shop: a local secondary index" in result.err
    # And back again.
    (shop.folder / "model.json").write_text(result.out)
    again = shop.run("init", "sqlite:shop.db", "--from-workbench", "model.json", "--force")
    assert again.status == 1, repr(again)
    assert shop.run("check").status == 0


MAPPINGS = {"rules": [
    {"rule-type": "selection", "rule-id": "1", "rule-name": "all", "object-locator": {"schema-name": "shop", "table-name": "customers"}, "rule-action": "include",
     "filters": [{"filter-type": "source", "column-name": "id", "filter-conditions": [{"filter-operator": "ste", "value": "50"}]}]},
    {"rule-type": "object-mapping", "rule-id": "2", "rule-name": "customers", "rule-action": "map-record-to-document",
     "object-locator": {"schema-name": "shop", "table-name": "customers"}, "target-table-name": "customer_t",
     "mapping-parameters": {"partition-key-name": "Key", "sort-key-name": "id", "exclude-columns": ["id", "full_name", "email", "password_hash", "notes"],
                            "attribute-mappings": [{"target-attribute-name": "Key", "attribute-type": "scalar", "attribute-sub-type": "string", "value": "C,${id}"},
                                                   {"target-attribute-name": "Contact", "attribute-type": "document", "attribute-sub-type": "dynamodb-map",
                                                    "value": {"M": {"Name": {"S": "${full_name}"}, "Mail": {"M": {"Address": {"S": "${email}"}}}}}}]}},
    {"rule-type": "transformation", "rule-id": "3", "rule-name": "masking", "rule-target": "column", "rule-action": "data-masking-digits-mask", "object-locator": {"schema-name": "%", "table-name": "%", "column-name": "phone"}},
]}


def test_dms_mappings_become_a_model_that_makes_the_same_items(shop):
    (shop.folder / "mappings.json").write_text(json.dumps(MAPPINGS))
    result = shop.ok("init", "sqlite:shop.db", "--from-dms", "mappings.json", "--force", status=1)
    assert "left out: rule 'masking'" in result.out
    shop.ok("check")
    items = shop.ok("preview", "-n", "60", "--json").document["Customer"]
    assert len(items) == 50
    first = items[0]["item"]
    assert first["Key"] == {"S": "C,1"} and first["id"] == {"N": "1"} and set(first) == {"Key", "id", "Contact", "_doc"}
    assert first["Contact"]["M"]["Name"] == {"S": items[0]["row"]["full_name"]}
    assert first["_doc"]["M"]["born"] == {"S": items[0]["row"]["born"]} and "email" not in first["_doc"]["M"]


def test_diagrams_hold_the_whole_model_and_nothing_foreign(shop):
    import xml.etree.ElementTree as ElementTree
    shop.ok("inspect", "--diagram", "model.svg")
    svg = (shop.folder / "model.svg").read_text()
    texts = {element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    assert {"customers", "email", "Customer", "CUSTOMER#{id}", "GSI by_related: GSI1PK S, GSI1SK S"} <= texts
    shop.ok("preview", "-n", "1", "--diagram", "model.html")
    page = (shop.folder / "model.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "") and "https://" not in page and "CUSTOMER#1" in page
    assert "EMAIL#" not in page, "sensitive values are masked"
    assert shop.run("inspect", "--diagram", "model.png").status == 2
