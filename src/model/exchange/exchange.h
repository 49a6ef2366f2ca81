// Models for other tools, and models from them. Pure: texts in, texts out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model::exchange {

/// The tables that the model manages as an AWS CloudFormation template in YAML (AWS::DynamoDB::Table), in the state they have after a load.
std::string to_cloudformation(const Model& model);

/// The same as a Terraform configuration (aws_dynamodb_table of the hashicorp/aws provider).
std::string to_terraform(const Model& model);

/// Items of one item type, to be looked at in NoSQL Workbench.
struct SampleItems {
  std::size_t item_type = 0;       ///< In Model::items.
  std::vector<json::Value> items;  ///< DynamoDB JSON.
};
/// All tables as a data model of NoSQL Workbench (JSON, version 3.0), written at `now` (microseconds since 1970): item types are facets.
/// `left_out`: what the format has no place for.
std::string to_workbench(const Model& model, const std::vector<SampleItems>& samples, std::int64_t now, std::vector<std::string>& left_out);

/// An itemize.yaml made of another tool's model.
struct Imported {
  std::string text;  ///< Loads as it is; says in comments what could not be carried over.
  std::size_t item_types = 0;
  std::vector<std::string> left_out;  ///< The same, a sentence each.
};

/// AWS DMS table mappings for a DynamoDB target: selection rules with filters, object-mapping rules, transformation rules.
/// An Error where the text is no such JSON.
Result<Imported> from_dms(std::string_view mappings, const std::string& source_url, const row::Catalog& catalog, const Target& target);

/// A data model of NoSQL Workbench: its tables, and an item type for each table of the source whose columns its keys name.
Result<Imported> from_workbench(std::string_view data_model, const std::string& source_url, const row::Catalog& catalog,
                                const Target& target);

}  // namespace itemize::model::exchange
