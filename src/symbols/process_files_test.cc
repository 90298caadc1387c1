// The files of a process under the names that it has for them, whatever has become of these names.
#include "symbols/process_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/directory_test.h"
#include "symbols/binary.h"

namespace sonde::symbols {
namespace {

namespace fs = std::filesystem;

// A file of ours, mapped as code, which begins with `text`.
class Mapped {
 public:
  Mapped(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    memory_ = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd.get(), 0);
    EXPECT_NE(memory_, MAP_FAILED);
  }
  ~Mapped() { ::munmap(memory_, 4096); }

 private:
  void* memory_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What is found for a name in our own mappings.
FoundFile found(const std::string& path) {
  auto files = ProcessFiles::of(::getpid());
  EXPECT_TRUE(files) << files.error().what;
  auto as_mapped = files->as_mapped({path, path, "", path});
  EXPECT_TRUE(as_mapped) << as_mapped.error().what;
  return as_mapped.value_or(FoundFile{});
}

TEST(ProcessFiles, AFileThatIsThereIsItself) {
  base::TestDirectory directory;
  Mapped mapped(directory / "x", "old");
  EXPECT_EQ(found(directory / "x").path, directory / "x");
  std::ofstream(directory / "other") << "other";
  EXPECT_EQ(found(directory / "other").path, directory / "other");  // the process does not have it: the file as it is
  EXPECT_EQ(found(directory / "none").path, directory / "none");
}

TEST(ProcessFiles, AFileThatWasReplacedOrDeletedIsTheOneThatIsMapped) {
  base::TestDirectory directory;
  Mapped mapped(directory / "x", "old");
  fs::remove(directory / "x");
  EXPECT_EQ(bytes_of(found(directory / "x").path), "old");
  std::ofstream(directory / "x") << "new";
  EXPECT_EQ(bytes_of(found(directory / "x").path), "old");
  EXPECT_EQ(found(directory / "x").shown, directory / "x");
  std::ofstream(directory / "y") << "newer";
  fs::rename(directory / "y", directory / "x");
  EXPECT_EQ(bytes_of(found(directory / "x").path), "old");
  fs::remove_all(directory.path());
  EXPECT_EQ(bytes_of(found(directory / "x").path), "old");
}

TEST(ProcessFiles, NamesThatEndLikeDeletedOnes) {
  base::TestDirectory directory;
  std::string name = directory / "x (deleted)";
  Mapped mapped(name, "marked");
  EXPECT_EQ(found(name).path, name);
  std::ofstream(directory / "x") << "plain";
  EXPECT_EQ(found(directory / "x").path, directory / "x");  // which is not mapped
  auto files = ProcessFiles::of(::getpid());
  ASSERT_TRUE(files);
  bool seen = false;
  for (const auto& each : files->entries()) seen = seen || (each.file.path == name && !each.file.deleted);
  EXPECT_TRUE(seen);
  fs::remove(name);
  EXPECT_EQ(bytes_of(found(name).path), "marked");
  EXPECT_EQ(found(directory / "x").path, directory / "x");
}

TEST(ProcessFiles, NamesWithBlanksAndNewlines) {
  base::TestDirectory directory;
  for (const char* name : {"a b", "a\nb", "a  (deleted) b"}) {
    Mapped mapped(directory / name, name);
    fs::remove(directory / name);
    EXPECT_EQ(bytes_of(found(directory / name).path), name);
  }
}

TEST(ProcessFiles, EachFileOnceByItsCode) {
  base::TestDirectory directory;
  Mapped mapped(directory / "x", "x"), again(directory / "x", "x");
  auto files = ProcessFiles::of(::getpid());
  ASSERT_TRUE(files);
  int count = 0;
  for (const auto& each : files->entries()) {
    if (each.file.path != directory / "x") continue;
    count++;
    EXPECT_TRUE(each.mapping.executable);
    EXPECT_EQ(files->locate(each)->path, directory / "x");
  }
  EXPECT_EQ(count, 1);
}

// Gives up all capabilities.
void drop_rights() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) ::_exit(2);
}

TEST(ProcessFiles, WhatMayNotBeOpenedIsRefusedAndNoOtherFileTaken) {
  base::TestDirectory directory;
  Mapped mapped(directory / "x", "old");
  fs::remove(directory / "x");
  std::ofstream(directory / "x") << "new";
  pid_t child = ::fork();
  if (child == 0) {
    drop_rights();
    auto files = ProcessFiles::of(::getpid());
    auto found = files ? files->as_mapped({directory / "x", directory / "x", "", directory / "x"})
                       : tl::unexpected(files.error());
    bool refused = !found && found.error().kind == ErrorKind::kPermission &&
                   found.error().what.starts_with(directory / "x was replaced or deleted since process ") &&
                   found.error().hint.find("CAP_CHECKPOINT_RESTORE") != std::string::npos;
    ::_exit(refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(ProcessFiles, AProcessThatIsNotThere) {
  auto files = ProcessFiles::of(0x7ffffff0);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace sonde::symbols
