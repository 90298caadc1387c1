// Which file and which functions of it a probe in user programs goes to: names of several functions, paths of other
// processes, files that were replaced since a process began.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "session/attach/uprobe_fixture_test.h"

namespace sonde::session {
namespace {

using testing::HasSubstr;

// probed() as it is, and another one in a library of static functions.
std::string two_of_a_name(const TestDirectory& directory) {
  std::string source(kTargetSource);
  size_t call = source.find("other(i);");
  source.replace(call, 9, "other(i) + elsewhere(i);");
  source.insert(source.find("int main"), "int elsewhere(int);\n");
  source.replace(source.find("__attribute__((noinline)) int probed"), 0, "static ");
  std::ofstream(directory / "elsewhere.c")
      << "static __attribute__((noinline)) int probed(int value) { __asm__ volatile(\"nop\"); return value + 5; }\n"
         "int same(int) __attribute__((alias(\"probed\")));\n"
         "int elsewhere(int value) { return probed(value); }\n";
  return directory.compile("twins", directory / "elsewhere.c", source);
}

TEST_F(Uprobe, AllFunctionsOfANameAreProbed) {
  std::string path = two_of_a_name(directory_);
  Target target(path);
  auto entry = session_->attach_uprobe({path, "probed"}, "in");
  ASSERT_TRUE(entry) << entry.error().what;
  auto on_return = session_->attach_uretprobe({path, "probed", 0, 0, target.pid()}, "out");
  ASSERT_TRUE(on_return) << on_return.error().what;
  target.calls(23);
  EXPECT_EQ(count(0), 46u);
  EXPECT_EQ(count(1), 46u);
  EXPECT_EQ(count(2), 2u * 22 * 23 / 2 + 23 * 6);
  ASSERT_TRUE(session_->detach("uprobe", path + ":probed"));
  target.calls(2);
  EXPECT_EQ(count(0), 46u);
  ASSERT_TRUE(session_->attach_uprobe({path, "same"}, "in"));  // one of the two by its other name
  target.calls(5);
  EXPECT_EQ(count(0), 51u);
}

TEST_F(Uprobe, AFunctionThatIsOnlyImportedIsSaidToBeElsewhere) {
  std::string library = directory_.compile("libhas.so", "-shared -fPIC", "int has(int value) { return value; }\n");
  std::string path = directory_.compile("takes", fmt::format("{} -Wl,-rpath,'$ORIGIN'", library),
                                        "int has(int);\nint main(void) { return has(0); }\n");
  auto refused = session_->attach_uprobe({path, "has"}, "in");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(refused.error().what,
            fmt::format("uprobe {0}:has: {0}: no function has: it is imported from {1}", path, library));
  EXPECT_EQ(refused.error().hint, fmt::format("attach to has in {} instead", library));
  std::filesystem::remove(library);
  EXPECT_THAT(session_->attach_uprobe({path, "has"}, "in").error().what,
              HasSubstr("imported, from a library that was not found"));
}

// By everything that names the process's file in our own /proc.
TEST_F(Uprobe, PathsBelowProcAreTakenAsTheyAre) {
  std::string hidden = directory_ / "hidden", program = pie();
  std::filesystem::create_directories(hidden + "/old");
  auto enter = [&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(1);
    if (::mount("tmpfs", hidden.c_str(), "tmpfs", 0, nullptr) != 0) ::_exit(2);
    std::filesystem::copy_file(program, hidden + "/program");
    std::filesystem::create_symlink(hidden + "/program", hidden + "/link");
    if (::chdir(hidden.c_str()) != 0) ::_exit(3);
  };
  Target target(hidden + "/program", enter), other(program);
  std::string process = fmt::format("/proc/{}", target.pid());
  uint64_t expected = 0;
  for (const std::string& path :
       {process + "/root" + hidden + "/program", process + "/root" + hidden + "/link", process + "/exe",
        process + "/cwd/program", process + "/cwd/link", "/" + process + "/./root//" + hidden + "/program"}) {
    for (int pid : {-1, target.pid()}) {
      auto attached = session_->attach_uprobe({path, "probed", 0, 0, pid}, "in");
      ASSERT_TRUE(attached) << path << " " << pid << ": " << attached.error().what;
      target.calls(3);
      other.calls(2);
      EXPECT_EQ(count(0), expected += 3) << path << " " << pid;
      session_->detach_all();
    }
  }
  EXPECT_EQ(session_->attach_uprobe({process + "/root/none", "probed", 0, 0, target.pid()}, "in").error().kind,
            ErrorKind::kNotFound);
}

TEST_F(Uprobe, AProgramThatWasReplacedIsProbedAsTheProcessHasIt) {
  std::string path = directory_ / "program";
  std::filesystem::copy_file(pie(), path);
  Target target(path);
  uint64_t expected = 0;
  for (const char* how : {"rm {0}", "cp {1} {0}", "cp {1} {0}.new; mv {0}.new {0}", "rm {0}"}) {
    directory_.run(fmt::format(fmt::runtime(how), path, fixed()));
    for (const std::string& name : {path, fmt::format("/proc/{}/exe", target.pid())}) {
      auto attached = session_->attach_uprobe({name, "probed", 0, 0, target.pid()}, "in");
      ASSERT_TRUE(attached) << how << " " << name << ": " << attached.error().what;
      target.calls(3);
      EXPECT_EQ(count(0), expected += 3) << how << " " << name;
      session_->detach_all();
    }
  }
  std::filesystem::copy_file(fixed(), path);
  ASSERT_TRUE(session_->attach_uprobe({path, "probed"}, "in"));  // without a process it is the file that is there
  Target fresh(path);
  target.calls(3);
  fresh.calls(4);
  EXPECT_EQ(count(0), expected + 4);
}

TEST_F(Uprobe, AProgramThatWasMovedAsideIsProbedAsTheProcessHasIt) {
  std::string path = directory_ / "program", link = directory_ / "link";
  std::filesystem::copy_file(pie(), path);
  std::filesystem::create_symlink("program", link);
  Target target(link);
  directory_.run(fmt::format("mv {0} {0}.old; cp {1} {0}", path, fixed()));
  uint64_t expected = 0;
  for (const std::string& name : {path, link, path + ".old"}) {
    auto attached = session_->attach_uprobe({name, "probed", 0, 0, target.pid()}, "in");
    ASSERT_TRUE(attached) << name << ": " << attached.error().what;
    target.calls(3);
    EXPECT_EQ(count(0), expected += 3) << name;
    session_->detach_all();
  }
}

// libx.so.1 led to libx.so.1.0 when the process began, and leads to libx.so.1.1 now.
TEST_F(Uprobe, ALibraryWhoseLinkWasTurnedIsProbedAsTheProcessHasIt) {
  std::string link = directory_ / "libx.so.1",
              source = "int probed(int value) { __asm__ volatile(\"nop\"); return value + 1; }\n";
  std::string old = directory_.compile("libx.so.1.0", "-shared -fPIC -Wl,-soname,libx.so.1", source);
  std::filesystem::create_symlink("libx.so.1.0", link);
  std::string program(kTargetSource);
  program.replace(program.find("{ __asm__"), program.find('}') - program.find("{ __asm__") + 1, ";");
  program.erase(program.find("__attribute__((noinline)) int probed"), std::strlen("__attribute__((noinline)) "));
  Target target(directory_.compile("user", fmt::format("{} -Wl,-rpath,{}", link, directory_ / ""), program));
  directory_.compile("libx.so.1.1", "-shared -fPIC -Wl,-soname,libx.so.1",
                     "int pad(int a) { return a * 3; }\n" + source);
  directory_.run(fmt::format("ln -sf libx.so.1.1 {}", link));
  uint64_t expected = 0;
  for (const char* how : {"kept", "rm {}"}) {
    if (*how == 'r') directory_.run(fmt::format(fmt::runtime(how), old));
    for (const std::string& name : {link, std::string("x")}) {
      auto attached = session_->attach_uprobe({name, "probed", 0, 0, target.pid()}, "in");
      ASSERT_TRUE(attached) << how << " " << name << ": " << attached.error().what;
      target.calls(3);
      EXPECT_EQ(count(0), expected += 3) << how << " " << name;
      session_->detach_all();
    }
  }
}

TEST_F(Uprobe, ALibraryThatWasDeletedIsProbedAsTheProcessHasIt) {
  std::string library = directory_.compile("libgone.so", "-shared -fPIC", "int gone(int value) { return value; }\n");
  std::string path =
      directory_.compile("user", fmt::format("-Wl,--no-as-needed {} -Wl,-rpath,{}", library, directory_ / ""));
  Target target(path);
  std::filesystem::remove(library);
  auto attached = session_->attach_uprobe({"gone", "gone", 0, 0, target.pid()}, "in");
  EXPECT_TRUE(attached) << attached.error().what;
}

}  // namespace
}  // namespace sonde::session
