// A directory of a test's own, gone with it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace sonde::base {

class TestDirectory {
 public:
  TestDirectory() { EXPECT_TRUE(::mkdtemp(path_.data())); }
  TestDirectory(const TestDirectory&) = delete;
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = testing::TempDir() + "sonde-test-XXXXXX";
};

}  // namespace sonde::base
