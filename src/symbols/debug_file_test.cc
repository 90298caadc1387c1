// Debug files of a stripped program: by build-id, by debug link, packed inside of it, in another root, and wrong ones.
#include "symbols/debug_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/directory_test.h"
#include "elf/debug_link.h"

namespace sonde::symbols {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

void run(const std::string& command) {
  ASSERT_EQ(std::system(("{ " + command + "; } > /dev/null 2>&1").c_str()), 0) << command;
}

// DIR/bin/program is stripped; its symbols are in DIR/whole.debug.
class DebugFile : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(top_ / "bin");
    std::ofstream(top_ / "program.c")
        << "static __attribute__((noinline)) int hidden_function(int n) { return n * 3; }\n"
           "int main(int argc, char **argv) { return hidden_function(argc); }\n";
    run("cd " + top_.string() +
        " && cc -g -O1 -Wl,--build-id=sha1 -o whole program.c && objcopy --only-keep-debug whole whole.debug && "
        "strip -o bin/program whole");
    options_.debug_roots = {(top_ / "debug").string()};
  }

  void TearDown() override {
    ::unsetenv("BCC_DEBUGINFO_ROOT");
    ::unsetenv("BCC_SYMFS");
  }

  std::shared_ptr<const elf::File> program() const {
    auto file = elf::File::open(top_ / "bin/program");
    EXPECT_TRUE(file) << file.error().what;
    return std::make_shared<const elf::File>(std::move(*file));
  }

  Location here() const { return {"", (top_ / "bin").string(), "program"}; }

  // What the debug file is called that is found; or why there is none.
  std::string found(const Location& where) const {
    auto file = find_debug_file(*program(), where, options_);
    return file ? (*file)->name() : file.error().what;
  }
  std::string found() const { return found(here()); }

  bool has_symbols(const Location& where) const {
    auto table = symbols_of(program(), where, options_);
    return table && table->find("hidden_function");
  }

  fs::path put(const fs::path& place, const fs::path& file = "whole.debug") const {
    fs::create_directories(place.parent_path());
    fs::copy_file(top_ / file, place, fs::copy_options::overwrite_existing);
    return place;
  }

  fs::path by_build_id(const fs::path& root) const {
    return root / ".build-id" / elf::build_id_path(program()->build_id());
  }

  void link_to(const std::string& name) const {
    run("cd " + top_.string() + " && cp whole.debug " + name + " && objcopy --add-gnu-debuglink=" + name +
        " bin/program && rm " + name);
  }

  base::TestDirectory directory_;
  fs::path top_ = directory_.path();
  SymbolOptions options_;
};

TEST_F(DebugFile, NoneIsToldWithThePlacesLookedAt) {
  link_to("program.debug");
  auto none = find_debug_file(*program(), here(), options_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(none.error().what,
              HasSubstr("bin/program: no debug file: looked for " + by_build_id(top_ / "debug").string() + ", "));
  EXPECT_THAT(none.error().what, HasSubstr((top_ / "bin/.debug/program.debug").string()));
  EXPECT_FALSE(has_symbols(here()));
}

TEST_F(DebugFile, ByBuildId) {
  fs::path place = put(by_build_id(top_ / "debug"));
  EXPECT_EQ(found(), place);
  EXPECT_TRUE(has_symbols(here()));
  options_.use_debug_files = false;
  EXPECT_FALSE(has_symbols(here()));
}

TEST_F(DebugFile, OfAnotherBuildIdIsNotTaken) {
  run("cd " + top_.string() + " && cc -g -O2 -Wl,--build-id=sha1 -o other program.c");
  put(by_build_id(top_ / "debug"), "other");
  EXPECT_THAT(found(), HasSubstr("no debug file"));
}

TEST_F(DebugFile, TheEnvironmentsRootGoesFirst) {
  put(by_build_id(top_ / "debug"));
  fs::path place = put(by_build_id(top_ / "mine"));
  ::setenv("BCC_DEBUGINFO_ROOT", (top_ / "mine").c_str(), 1);
  EXPECT_EQ(found(), place);
}

TEST_F(DebugFile, BelowSymfsTheSamePath) {
  fs::path place = put(top_ / "symfs" / (here().directory + "/program").substr(1), "whole");
  ::setenv("BCC_SYMFS", (top_ / "symfs").c_str(), 1);
  EXPECT_EQ(found(), top_.string() + "/symfs" + here().directory + "/program");
  EXPECT_TRUE(has_symbols(here()));
  EXPECT_THAT(found({"", here().directory, ""}), HasSubstr("no debug file"));
}

TEST_F(DebugFile, ByDebugLinkBesideInItsFolderAndBelowTheRoots) {
  link_to("program.debug");
  fs::path below = put(options_.debug_roots[0] + here().directory + "/program.debug");
  EXPECT_EQ(found(), below);
  fs::path folder = put(top_ / "bin/.debug/program.debug");
  EXPECT_EQ(found(), folder);
  fs::path beside = put(top_ / "bin/program.debug");
  EXPECT_EQ(found(), beside);
  EXPECT_TRUE(has_symbols(here()));
}

TEST_F(DebugFile, OfAnotherChecksumIsTakenOnlyUnchecked) {
  link_to("program.debug");
  fs::path beside = put(top_ / "bin/program.debug");
  std::ofstream(beside, std::ios::app) << "changed";
  EXPECT_THAT(found(), HasSubstr("no debug file"));
  options_.check_crc = false;
  EXPECT_EQ(found(), beside);
}

TEST_F(DebugFile, PackedInsideIsLastResort) {
  run("cd " + top_.string() +
      " && strip --strip-debug -o mini whole && xz -k mini && "
      "objcopy --add-section .gnu_debugdata=mini.xz bin/program");
  EXPECT_TRUE(has_symbols(here()));
}

// A container's file system, made by hand: its absolute links lead to its own files, and never to ours.
TEST_F(DebugFile, InAnotherRootAbsoluteLinksStayInside) {
  Location inside{top_ / "root", "/opt/bin", "program"};
  options_.debug_roots = {"/debug"};
  fs::path real = put(top_ / "root/store/real.debug");
  fs::path link = by_build_id(top_ / "root/debug");
  fs::create_directories(link.parent_path());
  fs::create_symlink("/store/real.debug", link);
  EXPECT_EQ(found(inside), link);
  EXPECT_TRUE(has_symbols(inside));
  fs::remove(link);
  fs::create_symlink(real, link);  // right only from outside
  EXPECT_THAT(found(inside), HasSubstr("no debug file"));
}

TEST_F(DebugFile, TheProcesssOwnRootGoesFirstAndThenOurs) {
  Location inside{top_ / "root", "/opt/bin", "program"};
  fs::create_directories(top_ / "root");
  fs::path ours = put(by_build_id(top_ / "debug"));
  EXPECT_EQ(found(inside), ours);
  put(top_ / "root" / by_build_id(top_ / "debug").string().substr(1));
  EXPECT_EQ(found(inside), (top_ / "root").string() + ours.string());
}

TEST_F(DebugFile, AFifoInItsPlaceIsPassedOver) {
  fs::path place = by_build_id(top_ / "debug");
  fs::create_directories(place.parent_path());
  run("mkfifo " + place.string());
  EXPECT_THAT(found(), HasSubstr("no debug file"));
}

}  // namespace
}  // namespace sonde::symbols
