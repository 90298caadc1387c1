// A compiler to test its callers with: this test program, started again as `sonde-cc --serve FD`. It does what the
// first line of the source says ("hang", "crash", …); see fake_compiler_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace sonde::session {

// An ELF file with one section, `.sonde.spec`.
std::string object_with_spec(const std::string& spec_json);

// A directory of its own for each test, and the environment that sends compile() to the fake compiler and to a cache in
// that directory.
class FakeCompilerTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const;
  std::string directory_, before_;
  std::string cache_;
};

// How many children this process has, ended or not.
int children();

// Lets the clock that files are stamped with move on.
void settle();

}  // namespace sonde::session
