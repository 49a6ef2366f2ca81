// itemize create: the DynamoDB tables that the model describes.
#include <algorithm>
#include <memory>

#include "aws/dynamodb.h"
#include "cli/output.h"
#include "cli/print_tables.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "pipeline/table_definitions.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  bool execute = false;
  std::string print;
  int number = 3;
};

constexpr auto creation_patience = std::chrono::minutes(15);

std::string in_words(const model::DynamoTable& table) {
  std::string text;
  for (const model::KeyAttribute* attribute : table.key()) text += (text.empty() ? "" : ", ") + attribute->name + " " + static_cast<char>(attribute->type);
  for (const model::Index& index : table.indexes) text += (index.local ? "; LSI " : "; GSI ") + index.name;
  return text + (table.pay_per_request ? "; on demand" : "; provisioned");
}

class Creator {
 public:
  Creator(const Options& options, const model::Model& model, aws::DynamoDb& dynamodb, journal::Journal* journal, const Output& output)
      : options_(options), model_(model), dynamodb_(dynamodb), journal_(journal), output_(output) {}

  Result<int> run() {
    for (const model::DynamoTable& table : model_.tables) TRY(look_at(table));
    if (!options_.execute) {
      if (!missing_.empty()) output_.line("nothing was done: --execute makes " + std::string(missing_.size() == 1 ? "it" : "them"));
      return status_;
    }
    TRY(make_missing());
    for (const model::DynamoTable& table : model_.tables)
      if (table.managed) TRY_WITH("table " + table.name, pipeline::apply_settings(dynamodb_, table, false));
    return status_;
  }
  json::Array take_document() { return std::move(list_); }

 private:
  Result<void> look_at(const model::DynamoTable& table) {
    const auto found = TRY(dynamodb_.describe_table(table.name));
    std::string state = "exists";
    if (!found && table.managed) {
      missing_.push_back(&table);
      state = options_.execute ? "created" : "to be created";
      if (!options_.execute) output_.line("would make " + table.name + " (" + in_words(table) + ")");
    } else if (!found) {
      status_ = with_findings;
      state = "missing";
      output_.line(table.name + " is not there; it is not managed by itemize (managed: false)");
    } else {
      const auto drifts = pipeline::compare_table(table, *found);
      output_.line(table.name + " is there" + (drifts.empty() ? ", as the model says" : ""));
      for (const pipeline::Drift& drift : drifts) {
        status_ = with_findings;
        output_.line("  " + table.name + " " + drift.text);
      }
    }
    list_.push_back({json::Object{{"table", {table.name}}, {"state", {state}}}});
    return {};
  }

  /// Up to ten at once: CreateTable returns at once, and DynamoDB allows 500 tables under way.
  Result<void> make_missing() {
    const std::string where = dynamodb_.session().endpoint.origin();
    for (const model::DynamoTable* table : missing_) {
      const aws::TableDescription made = TRY(dynamodb_.create_table(pipeline::definition_of(*table)));
      // Where the service gives no id (DynamoDB Local), the time of creation tells this table from a later one of its name.
      TRY(journal_->add_created_table({table->name, where, made.id.empty() ? made.created_at : made.id}));
    }
    for (const model::DynamoTable* table : missing_) {
      TRY(dynamodb_.wait_until_active(table->name, creation_patience, [] { return stop_on_signals().stop_requested(); }));
      output_.line("made " + table->name + " (" + in_words(*table) + ")");
    }
    return {};
  }

  const Options& options_;
  const model::Model& model_;
  aws::DynamoDb& dynamodb_;
  journal::Journal* journal_;
  const Output& output_;
  std::vector<const model::DynamoTable*> missing_;
  json::Array list_;
  int status_ = all_well;
};

Result<int> create(const Options& options) {
  if (!options.print.empty() && options.execute) return fail(ErrorCode::invalid_input, "--print and --execute exclude each other", "--print only writes the tables' definitions to standard output");
  if (!options.print.empty()) return print_tables(options.common, options.print, options.number);
  const Output output(options.common);
  const auto workspace = TRY(Workspace::open(options.common));
  const auto session = TRY(workspace->session("dynamodb"));
  const auto dynamodb = TRY(aws::DynamoDb::open(session));
  TRY(dynamodb->ping());
  if (options.execute) {
    (void)stop_on_signals();
    TRY(workspace->open_for_writing("create"));
  }
  Creator creator(options, workspace->model(), *dynamodb, workspace->journal(), output);
  const int status = TRY(creator.run());
  output.document({json::Object{{"tables", {creator.take_document()}}}});
  return status;
}

}  // namespace

void add_create(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.flag("--execute", options->execute, "do it; without this, only say what would be done");
  arguments.one_of("--print", options->print, {"cloudformation", "terraform", "workbench"}, "FORMAT", "print the tables for another tool: cloudformation, terraform, workbench");
  arguments.number("-n,--number", options->number, 0, 1000, "N", "with --print workbench: sample items of each type (default: 3)");
  arguments.on_run(status, [options] { return status_of(create(*options)); });
}

}  // namespace itemize::cli
