// mountsnoop's calls as text, with the layout that its own object has.
#include <gtest/gtest.h>

#include <algorithm>

#include "sonde/session.h"
#include "tool/formats/value_type.h"

namespace sonde::tools {

std::span<const tool::ValueType> mountsnoop_types();

namespace {

class MountCall : public testing::Test {
 protected:
  void SetUp() override {
    Result<Object> object = Object::open(SONDE_BINARY_DIR "/tools/mountsnoop.o");
    ASSERT_TRUE(object) << object.error().what;
    spec_ = object->spec();
    auto found = std::find_if(spec_.types.begin(), spec_.types.end(),
                              [](const spec::Type& type) { return type.spelling == "mount_call_t"; });
    ASSERT_NE(found, spec_.types.end());
    type_ = static_cast<spec::TypeId>(found - spec_.types.begin());
  }

  void set(std::string_view member, size_t at, auto value) {
    for (const spec::Field& field : spec_.types[type_].fields) {
      if (field.name == member) std::memcpy(&bytes_[field.offset_bits / 8 + at], &value, sizeof value);
    }
  }
  std::string text(std::string_view bytes) {
    return tool::text_of(tool::Value{spec_, type_, bytes, style_, formats_}, &mountsnoop_types()[0]);
  }

  spec::Spec spec_;
  spec::TypeId type_ = 0;
  tool::ColumnStyle style_;
  tool::FormatContext formats_;
  std::string bytes_ = std::string(4096, '\0');
};

TEST_F(MountCall, IsWrittenByTheNamesOfItsMembers) {
  set("kind", 0, uint32_t{4});  // FSMOUNT
  set("result", 0, int32_t{-22});
  set("flags", 0, uint64_t{1});
  set("numbers", 0, int64_t{7});
  set("numbers", 8, int64_t{0x10});
  EXPECT_EQ(text(bytes_), "fsmount(7, 0x1, 0x10) = -EINVAL");
}

TEST_F(MountCall, BytesThatEndAnywhereAreShown) {
  std::string hostile(300, '\xff');
  for (size_t length = 0; length < hostile.size(); ++length) EXPECT_NE(text(hostile.substr(0, length)), "");
}

}  // namespace
}  // namespace sonde::tools
