// Maps that objects of one process publish for each other: who finds which, and for how long.
#include "bpf/maps/published_maps.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <optional>

namespace sonde::bpf {
namespace {

base::Fd make_map() { return base::Fd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "published", 4, 8, 1, nullptr)); }

uint32_t id_of(int fd) {
  bpf_map_info info{};
  uint32_t length = sizeof info;
  return bpf_obj_get_info_by_fd(fd, &info, &length) == 0 ? info.id : 0;
}

uint32_t found(std::string_view name, std::string_view space = {}) {
  auto map = find_published_map(name, space);
  return map && map->valid() ? id_of(map->get()) : 0;
}

TEST(PublishedMaps, AreFoundUnderTheirNames) {
  base::Fd map = make_map();
  EXPECT_EQ(found("names"), 0u);
  auto publication = publish_map("names", map.get(), false, {});
  ASSERT_TRUE(publication);
  EXPECT_EQ(found("names"), id_of(map.get()));
  EXPECT_EQ(found("names", "any"), id_of(map.get()));
  EXPECT_EQ(found("name"), 0u);
}

TEST(PublishedMaps, OutliveTheirPublisher) {
  uint32_t id = 0;
  {
    base::Fd map = make_map();
    id = id_of(map.get());
    auto publication = publish_map("outlived", map.get(), false, {});
  }
  EXPECT_NE(id, 0u);
  EXPECT_EQ(found("outlived"), id);
}

TEST(PublishedMaps, KeepTheirNameWhileTheirPublisherLives) {
  base::Fd first = make_map(), second = make_map();
  std::optional<Publication> publication = *publish_map("kept", first.get(), false, {});
  auto late = publish_map("kept", second.get(), false, {});
  EXPECT_EQ(found("kept"), id_of(first.get()));
  publication.reset();
  auto next = publish_map("kept", second.get(), false, {});
  EXPECT_EQ(found("kept"), id_of(second.get()));
}

TEST(PublishedMaps, AreSharedInTheirNamespaceFirst) {
  base::Fd everyones = make_map(), ours = make_map();
  auto all = publish_map("shared", everyones.get(), false, {});
  auto some = publish_map("shared", ours.get(), true, "ours");
  EXPECT_EQ(found("shared", "ours"), id_of(ours.get()));
  EXPECT_EQ(found("shared", "theirs"), id_of(everyones.get()));
}

}  // namespace
}  // namespace sonde::bpf
