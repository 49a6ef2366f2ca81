#include "source/registry.h"

#include <gtest/gtest.h>

namespace itemize::source {
namespace {

std::string complaint(const std::string& url) {
  const auto source = make_source({.url = url});
  return source ? std::string("none") : source.error().to_string();
}

TEST(Registry, MakesASourceWithoutTouchingIt) {
  EXPECT_EQ(complaint("sqlite:no/such/file.db"), "none");
  EXPECT_EQ(complaint("sqlite:///no/such/file.db"), "none");
}

TEST(Registry, RefusesWhatItCannotRead) {
  EXPECT_NE(complaint("sqlit:file.db").find("did you mean 'sqlite:'"), std::string::npos) << complaint("sqlit:file.db");
  EXPECT_NE(complaint("oracle://host/db").find("oracle:"), std::string::npos);
  EXPECT_NE(complaint("file.db").find("not a URL"), std::string::npos);
  EXPECT_NE(complaint("").find("not a URL"), std::string::npos);
  EXPECT_NE(complaint("sqlite:").find("no file"), std::string::npos);
  EXPECT_NE(complaint("sqlite::memory:").find("in memory"), std::string::npos);
}

}  // namespace
}  // namespace itemize::source
