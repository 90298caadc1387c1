// Many elements in one go: the same elements for every kind of map, whatever commands its kernel has.
#include "bpf/maps/map_batch.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

#include "base/fd.h"
#include "kernel/cpus.h"

namespace sonde::bpf {
namespace {

constexpr uint32_t kCount = 10'000;  // more than one batch

struct Key {
  uint32_t length, number;
};

class OfEveryKind : public testing::TestWithParam<bpf_map_type> {
 protected:
  void SetUp() override {
    bool is_per_cpu = GetParam() == BPF_MAP_TYPE_PERCPU_HASH;
    LIBBPF_OPTS(bpf_map_create_opts, options,
                .map_flags = GetParam() == BPF_MAP_TYPE_LPM_TRIE ? uint32_t{BPF_F_NO_PREALLOC} : 0u);
    fd_.reset(bpf_map_create(GetParam(), "batch_test", sizeof(Key), sizeof(uint64_t), kCount, &options));
    ASSERT_TRUE(fd_.valid()) << strerror(errno);
    values_a_key_ = is_per_cpu ? kernel::possible_cpus() : 1;
    shape_ = {fd_.get(), sizeof(Key), static_cast<uint32_t>(values_a_key_ * sizeof(uint64_t)), kCount};
    for (uint32_t i = 0; i < kCount; i++) {
      keys_.push_back({32, i});
      values_.insert(values_.end(), values_a_key_, uint64_t{i} * 3);
    }
  }

  int put_all() {
    size_t done = 0;
    int code = update_elements(shape_, bytes(keys_), bytes(values_), kCount, 0, done);
    EXPECT_EQ(done, code == 0 ? kCount : done);
    return code;
  }

  template <typename T>
  static const char* bytes(const std::vector<T>& list) {
    return reinterpret_cast<const char*>(list.data());
  }

  std::map<uint32_t, uint64_t> decoded(const Elements& elements) const {
    std::map<uint32_t, uint64_t> found;
    EXPECT_EQ(elements.keys.size(), elements.count * sizeof(Key));
    EXPECT_EQ(elements.values.size(), elements.count * shape_.value_bytes);
    for (size_t i = 0; i < elements.count; i++) {
      Key key;
      uint64_t value;
      std::memcpy(&key, elements.keys.data() + i * sizeof key, sizeof key);
      std::memcpy(&value, elements.values.data() + (i + 1) * shape_.value_bytes - sizeof value, sizeof value);
      found[key.number] = value;
    }
    EXPECT_EQ(found.size(), elements.count) << "twice the same key";
    return found;
  }

  std::map<uint32_t, uint64_t> expected(uint32_t from = 0) const {
    std::map<uint32_t, uint64_t> all;
    for (uint32_t i = from; i < kCount; i++) all[i] = uint64_t{i} * 3;
    return all;
  }

  base::Fd fd_;
  size_t values_a_key_ = 1;
  MapShape shape_;
  std::vector<Key> keys_;
  std::vector<uint64_t> values_;
};

TEST_P(OfEveryKind, AreReadAsTheyWerePut) {
  ASSERT_EQ(put_all(), 0);
  Elements elements;
  ASSERT_EQ(read_elements(shape_, false, elements), 0);
  EXPECT_EQ(decoded(elements), expected());
  size_t count = 0;
  ASSERT_EQ(count_elements(shape_, count), 0);
  EXPECT_EQ(count, kCount);
}

TEST_P(OfEveryKind, AreTakenOnce) {
  ASSERT_EQ(put_all(), 0);
  size_t done = 0;
  ASSERT_EQ(remove_elements(shape_, bytes(keys_), 100, done), 0);
  EXPECT_EQ(done, 100u);
  Elements taken, left;
  ASSERT_EQ(read_elements(shape_, true, taken), 0);
  EXPECT_EQ(decoded(taken), expected(100));
  ASSERT_EQ(read_elements(shape_, false, left), 0);
  EXPECT_EQ(left.count, 0u);
}

TEST_P(OfEveryKind, AreAllRemoved) {
  ASSERT_EQ(put_all(), 0);
  ASSERT_EQ(remove_all_elements(shape_), 0);
  ASSERT_EQ(remove_all_elements(shape_), 0);
  size_t count = 1;
  ASSERT_EQ(count_elements(shape_, count), 0);
  EXPECT_EQ(count, 0u);
}

TEST_P(OfEveryKind, StopAtTheFirstThatFails) {
  ASSERT_EQ(put_all(), 0);
  std::vector<Key> keys = {{32, 0}, {32, kCount + 1}, {32, 2}};
  size_t done = 9;
  EXPECT_EQ(remove_elements(shape_, bytes(keys), keys.size(), done), ENOENT);
  EXPECT_EQ(done, 1u);
}

std::string name_of(const testing::TestParamInfo<bpf_map_type>& info) {
  return info.param == BPF_MAP_TYPE_HASH ? "Hash" : info.param == BPF_MAP_TYPE_PERCPU_HASH ? "PerCpuHash" : "LpmTrie";
}

INSTANTIATE_TEST_SUITE_P(Maps, OfEveryKind,
                         testing::Values(BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_LPM_TRIE), name_of);

}  // namespace
}  // namespace sonde::bpf
