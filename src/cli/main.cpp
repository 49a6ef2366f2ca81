#include "cli/main.h"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <exception>

#include "base/closest.h"
#include "cli/command.h"
#include "cli/verbs.h"

namespace itemize::cli {
namespace {

constexpr Verb verbs[] = {
    {"init", "look at a database and write a first itemize.yaml", add_init},
    {"inspect", "tables, keys, foreign keys, sizes, and what each column will become", add_inspect},
    {"check", "the model against the source and DynamoDB's limits, before anything moves", add_check},
    {"preview", "real items of real rows, with key, size and cost", add_preview},
    {"explain", "one row, end to end: source, items, what DynamoDB holds", add_explain},
    {"create", "make the DynamoDB tables that the model describes", add_create},
    {"export", "source to DynamoDB JSON files", add_export},
    {"load", "source to live DynamoDB tables", add_load},
    {"plan", "what a changed model means for what is loaded", add_plan},
    {"control", "speak to a running load or export: pause, resume, rate, connections, stop", add_control},
    {"status", "where this migration stands", add_status},
    {"reset", "take away what this migration made", add_reset},
};

int wrong_usage(const CLI::ParseError& error, CLI::App& app, int argc, char** argv) {
  // --help and --version come this way, too.
  if (error.get_exit_code() == 0) return app.exit(error);
  std::vector<std::string> names;
  for (const Verb& verb : verbs) names.emplace_back(verb.name);
  const std::string word = argc > 1 ? argv[1] : "";
  const bool is_verb = std::ranges::find(names, word) != names.end();
  const std::string near = word.empty() || is_verb ? "" : closest(word, names);
  if (!is_verb && !word.empty() && word[0] != '-') std::fprintf(stderr, "itemize: there is no verb '%s'%s\n", word.c_str(), near.empty() ? "" : ("; did you mean '" + near + "'?").c_str());
  else std::fprintf(stderr, "itemize: %s\n", argc > 1 ? error.what() : "which verb?");
  std::fprintf(stderr, "  itemize %s--help tells what there is\n", is_verb ? (word + " ").c_str() : "");
  return could_not_run;
}

}  // namespace

int run(int argc, char** argv) try {
  // A reader of our output that goes away is an error of writing, not our death in the middle of a run.
  ::signal(SIGPIPE, SIG_IGN);
  CLI::App app("itemize moves a relational database into Amazon DynamoDB: rows into items.\nThe documentation: docs/index.md", "itemize");
  app.set_version_flag("--version", std::string("itemize ") + version);
  app.require_subcommand(1);
  int status = all_well;
  std::deque<Arguments> arguments;
  for (const Verb& verb : verbs) verb.add(arguments.emplace_back(*app.add_subcommand(verb.name, verb.summary)), status);
  // After the verbs, which would show it too.
  app.footer("A first time: itemize init URL, read the itemize.yaml that it writes, then itemize check, preview, create and load.\n"
             "What writes to DynamoDB does so only with --execute. itemize VERB --help tells a verb's options.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return wrong_usage(error, app, argc, argv);
  }
  if (std::fflush(stdout) != 0 && status == all_well) status = could_not_run;
  return status;
} catch (const std::exception& error) {
  // Out of memory, above all.
  std::fprintf(stderr, "itemize: stopped: %s\n  what is done is in the journal: the same command carries on\n", error.what());
  return could_not_run;
}

}  // namespace itemize::cli
