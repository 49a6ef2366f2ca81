#include "pipeline/control.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace itemize::pipeline {
namespace {

class ControlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "itemize-test-control.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    handlers_.status = [this] { return "{\"paused\":" + std::string(paused_ ? "true" : "false") + "}"; };
    handlers_.pause = [this] { paused_ = true; };
    handlers_.resume = [this] { paused_ = false; };
    handlers_.stop = [this] { stopped_ = true; };
    handlers_.rate = [](const std::string& value) -> Result<void> {
      if (value != "500") return fail(ErrorCode::invalid_input, "no rate: " + value);
      return {};
    };
    handlers_.connections = [](const std::string&) -> Result<void> { return {}; };
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  ControlHandlers handlers_;
  std::atomic<bool> paused_{false};
  std::atomic<bool> stopped_{false};
};

TEST_F(ControlTest, CommandsReachTheirHandlers) {
  EXPECT_EQ(*obey(handlers_, "pause"), "{\"paused\":true}");
  EXPECT_EQ(*obey(handlers_, "resume"), "{\"paused\":false}");
  EXPECT_TRUE(obey(handlers_, "stop"));
  EXPECT_TRUE(stopped_);
  EXPECT_TRUE(obey(handlers_, "rate=500"));
  EXPECT_EQ(obey(handlers_, "rate=fast").error().message, "no rate: fast");
  EXPECT_EQ(obey(handlers_, "pasue").error().hint, "did you mean 'pause'?");
  EXPECT_EQ(obey(handlers_, "rat=5").error().hint, "did you mean 'rate=...'?");
  for (const char* command : {"", "rate", "rate=", "connections=", "pause=1", "dance"}) EXPECT_FALSE(obey(handlers_, command)) << command;
}

TEST_F(ControlTest, OverTheSocketFromManyThreads) {
  const auto server = *ControlServer::listen(folder_, handlers_);
  struct stat about {};
  ASSERT_EQ(::stat((folder_ + "/control.sock").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([this] {
      for (int round = 0; round < 20; ++round) EXPECT_TRUE(send_command(folder_, round % 2 == 0 ? "pause" : "resume"));
    });
  threads.clear();
  const auto refused = send_command(folder_, "rate=fast");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no rate: fast");
}

TEST_F(ControlTest, NobodyThere) {
  EXPECT_EQ(send_command(folder_, "status").error().code, ErrorCode::not_found);
  { const auto server = *ControlServer::listen(folder_, handlers_); }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/control.sock")) << "it is taken away";
  EXPECT_EQ(send_command(folder_, "status").error().code, ErrorCode::not_found);
}

TEST_F(ControlTest, AFolderWithALongName) {
  const std::string deep = folder_ + "/" + std::string(200, 'x');
  std::filesystem::create_directory(deep);
  const auto server = ControlServer::listen(deep, handlers_);
  ASSERT_TRUE(server);
  EXPECT_EQ(*send_command(deep, "status"), "{\"paused\":false}");
}

TEST_F(ControlTest, ASocketThatAKilledRunLeftIsReplaced) {
  std::ofstream(folder_ + "/control.sock") << "";
  const auto server = ControlServer::listen(folder_, handlers_);
  ASSERT_TRUE(server);
  EXPECT_TRUE(send_command(folder_, "status"));
}

}  // namespace
}  // namespace itemize::pipeline
