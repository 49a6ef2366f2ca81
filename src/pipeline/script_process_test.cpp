#include "pipeline/script_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "pipeline/script_programs.h"

namespace itemize::pipeline {
namespace {

model::ItemType item_with(std::vector<std::string> exec, std::uint32_t timeout_seconds = 10) {
  ::signal(SIGPIPE, SIG_IGN);  // as the program's main() does
  model::ItemType item;
  item.name = "Thing";
  item.script.emplace();
  item.script->exec = std::move(exec);
  item.script->timeout_seconds = timeout_seconds;
  return item;
}

std::string ask(ScriptProcess& process, const std::vector<std::string>& lines) {
  const auto answers = process.ask(lines);
  if (!answers) return answers.error().to_string();
  std::string text;
  for (const auto& answer : *answers) text += (answer ? *answer : "! " + answer.error()) + "\n";
  return text;
}

TEST(ScriptProcess, AnswersInOrder) {
  const auto item = item_with({"cat"});
  ScriptProcess process(*item.script, "");
  EXPECT_EQ(ask(process, {"a", "", "c"}), "a\n\nc\n");
  EXPECT_EQ(ask(process, {"d"}), "d\n");
}

TEST(ScriptProcess, ManyAndLargeLinesDoNotBlock) {
  const auto item = item_with({"cat"});
  ScriptProcess process(*item.script, "");
  std::vector<std::string> lines(300, std::string(300'000, 'x'));
  const auto answers = process.ask(lines);
  ASSERT_TRUE(answers) << answers.error().to_string();
  ASSERT_EQ(answers->size(), lines.size());
  for (const auto& answer : *answers) ASSERT_EQ(answer.value(), lines[0]);
}

/// Dies at the line "die", having read ahead; sleeps at "sleep".
constexpr const char* fragile =
    "while read -r line; do case $line in die) exit 3;; kill) kill -9 $$;; sleep) sleep 30;; esac; echo \"<$line>\"; done";

TEST(ScriptProcess, BlamesTheRowThatEndsAFreshProcess) {
  const auto item = item_with({"sh", "-c", fragile});
  ScriptProcess process(*item.script, "");
  EXPECT_EQ(
      ask(process, {"a", "b", "die", "c", "kill", "d"}),
      "<a>\n<b>\n! the program ended with status 3 at this row\n<c>\n! the program was killed by signal 9 (Killed) at this row\n<d>\n");
}

TEST(ScriptProcess, StartsAProgramAnewThatEndsByItself) {
  const auto item = item_with({"sh", "-c", "read -r a; echo $a; read -r b; echo $b"});
  ScriptProcess process(*item.script, "");
  EXPECT_EQ(ask(process, {"a", "b", "c", "d", "e"}), "a\nb\nc\nd\ne\n");
}

TEST(ScriptProcess, DoesNotWaitForever) {
  const auto item = item_with({"sh", "-c", fragile}, 1);
  ScriptProcess process(*item.script, "");
  EXPECT_EQ(ask(process, {"a", "sleep", "b"}), "<a>\n! the program gave no answer within 1 seconds at this row\n<b>\n");
}

TEST(ScriptProcess, AProgramThatNeverWorksIsAnError) {
  const auto missing = item_with({"/nowhere/program"});
  ScriptProcess none(*missing.script, "");
  EXPECT_NE(ask(none, {"a"}).find("the program '/nowhere/program' cannot be started: No such file or directory"), std::string::npos);
  const auto broken = item_with({"sh", "-c", "exit 1"});
  ScriptProcess process(*broken.script, "");
  EXPECT_NE(ask(process, {"a", "b", "c", "d"}).find("the program ended with status 1 at 3 rows one after another"), std::string::npos);
  const auto talkative = item_with({"sh", "-c", "while read -r line; do echo 1; echo 2; done"});
  ScriptProcess more(*talkative.script, "");
  EXPECT_NE(ask(more, {"a"}).find("answers more lines than it was given"), std::string::npos);
  const auto polite = item_with({"sh", "-c", "read -r line; echo ready; sleep 0.01; echo $line; cat"});
  ScriptProcess greeting(*polite.script, "");
  EXPECT_NE(ask(greeting, {"a", "b"}).find("answers more lines than it was given"), std::string::npos);
}

TEST(ScriptPrograms, AreKeptFromRangeToRangeAndLog) {
  char name[] = "/tmp/itemize-script-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const auto item = item_with({"sh", "-c", "echo hello >&2; while read -r line; do echo $$; done"});
  {
    const auto open = script_programs(folder);
    std::string first;
    for (int range = 0; range < 3; ++range) {
      auto program = open(item);
      ASSERT_TRUE(program);
      const auto answers = (*program)->ask(std::vector<std::string>{"x"});
      ASSERT_TRUE(answers);
      if (range == 0) first = answers->front().value();
      EXPECT_EQ(answers->front().value(), first);
    }
  }
  EXPECT_EQ(read_file(folder + "/script-Thing.log").value_or(""), "hello\n");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace itemize::pipeline
