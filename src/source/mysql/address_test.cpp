#include "source/mysql/address.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace itemize::source::mysql {
namespace {

/// HOME points to an empty folder, so that a person's own ~/.my.cnf plays no part.
class AddressTest : public testing::Test {
 protected:
  AddressTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "itemize-home-XXXXXX").string();
    home_ = ::mkdtemp(folder.data());
    const char* const before = std::getenv("HOME");
    before_ = before == nullptr ? "" : before;
    ::setenv("HOME", home_.c_str(), 1);
  }
  ~AddressTest() override {
    ::setenv("HOME", before_.c_str(), 1);
    std::filesystem::remove_all(home_);
  }
  static Result<Address> parse(const std::string& url) { return address_from({.url = url}); }
  std::string home_, before_;
};

std::string complaint(const Result<Address>& address) { return address ? "none" : address.error().to_string(); }

TEST_F(AddressTest, AUrlHasAllItsParts) {
  const Result<Address> address = parse("mysql://app%40x@db.example:3307/my%20shop?ssl-mode=verify-full&ssl-ca=%2Fetc%2Fca.pem");
  ASSERT_TRUE(address) << complaint(address);
  EXPECT_EQ(address->user, "app@x");
  EXPECT_EQ(address->host, "db.example");
  EXPECT_EQ(address->port, 3307U);
  EXPECT_EQ(address->database, "my shop");
  EXPECT_EQ(address->ssl_mode, SslMode::verify_full);
  EXPECT_EQ(address->ssl_ca, "/etc/ca.pem");
  EXPECT_EQ(address->place(), "db.example:3307");
}

TEST_F(AddressTest, WhatIsLeftOutHasItsDefault) {
  const Result<Address> address = parse("mariadb://me@h");
  ASSERT_TRUE(address) << complaint(address);
  EXPECT_EQ(address->port, 3306U);
  EXPECT_EQ(address->database, "");
  EXPECT_EQ(address->ssl_mode, SslMode::preferred);
  EXPECT_FALSE(address->password);
}

TEST_F(AddressTest, Ipv6AndSockets) {
  EXPECT_EQ(parse("mysql://me@[::1]:3310/d")->place(), "[::1]:3310");
  const Result<Address> socket = parse("mysql://me@localhost/d?socket=/run/mysqld/mysqld.sock");
  ASSERT_TRUE(socket) << complaint(socket);
  EXPECT_EQ(socket->place(), "/run/mysqld/mysqld.sock");
}

TEST_F(AddressTest, MistakesSayWhatToWrite) {
  EXPECT_NE(complaint(parse("mysql://u:secret@h/d")).find("carries a password"), std::string::npos);
  EXPECT_EQ(complaint(parse("mysql://u:secret@h/d")).find("secret"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h/d?password=secret")).find("carries a password"), std::string::npos);
  EXPECT_EQ(complaint(parse("mysql://u@h/d?password=secret")).find("secret"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h/d?ssl-mod=required")).find("did you mean 'ssl-mode'"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h/d?ssl-mode=verifyfull")).find("did you mean 'verify-full'"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h/d?ssl-mode")).find("without a value"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h:port/d")).find("port"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h:70000/d")).find("65535"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@/d")).find("names no host"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql:shop")).find("lacks '//'"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@h/100%")).find("%25"), std::string::npos);
  EXPECT_NE(complaint(parse("mysql://u@[::1/d")).find("never ends"), std::string::npos);
}

TEST_F(AddressTest, TheNamesOfTheOtherFamilyAreUnderstood) {
  EXPECT_EQ(parse("mysql://u@h/d?ssl-mode=VERIFY_IDENTITY")->ssl_mode, SslMode::verify_full);
  EXPECT_EQ(parse("mysql://u@h/d?ssl-mode=REQUIRED")->ssl_mode, SslMode::required);
}

TEST_F(AddressTest, TheClientGroupOfTheOptionFileFillsIn) {
  std::ofstream(home_ + "/.my.cnf")
      << "[mysqld]\npassword=server\n[client]\nuser = filed\npassword=\"from file # here\"\n[mysqldump]\npassword=dump\n";
  EXPECT_EQ(*parse("mysql://h/d")->password, "from file # here");
  EXPECT_EQ(parse("mysql://h/d")->user, "filed");
  EXPECT_EQ(parse("mysql://mine@h/d")->user, "mine");
  EXPECT_EQ(*address_from({.url = "mysql://h/d", .password = "given"})->password, "given");
  ::chmod((home_ + "/.my.cnf").c_str(), 0666);
  EXPECT_FALSE(parse("mysql://u@h/d")->password) << "a file that everyone may write to is not believed";
}

TEST_F(AddressTest, OptionFilesAsTheMysqlClientReadsThem) {
  const ClientFile file = parse_client_file("# user=no\n; user=no\n[client]\r\n  user=bo # a comment\r\npassword = 'it''s'\nport\n");
  EXPECT_EQ(file.user, "bo");
  EXPECT_EQ(file.password, "it''s");
  EXPECT_FALSE(parse_client_file("").password);
  EXPECT_EQ(parse_client_file("[client-mariadb]\npassword=").password, "");
}

}  // namespace
}  // namespace itemize::source::mysql
