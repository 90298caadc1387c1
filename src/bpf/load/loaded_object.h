// An object file in the kernel: its maps created, its programs relocated and waiting for a type.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/load/deferred_load.h"
#include "bpf/maps/published_maps.h"
#include "spec/spec.h"

struct bpf_map;
struct bpf_object;

namespace sonde::bpf {

struct MapInfo {
  std::string name;
  int fd = -1;  // belongs to the image
  uint32_t id = 0;
  uint32_t type = 0;
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint32_t max_entries = 0;
  uint32_t flags = 0;
  bool is_internal = false;  // of global variables: .data, .bss, .rodata
  int lost_fd = -1;          // of the hidden map that counts what this one could not take (spec::kLostPrefix), or -1
};

// What a caller wants other than the object says, by names of maps.
struct MapOverrides {
  std::vector<std::string> idle;  // no program reaches them
  std::map<std::string, uint32_t> entries;
  std::map<std::string, std::string> pinned;  // the path of a hash table that is taken instead
  bool preallocates = false;                  // all hash tables
};

class LoadedObject {
 public:
  // `space`: the namespace in which maps are shared (BPF_TABLE_SHARED).
  static Result<std::unique_ptr<LoadedObject>> load(std::string_view object, const spec::Spec& spec,
                                                    const std::string& space = {}, const MapOverrides& terms = {});

  const std::vector<MapInfo>& maps() const { return maps_; }
  const Code* code(std::string_view symbol) const;
  const std::string& license() const { return license_; }

  // "/virtual/main.c:12: return sk->x;" for an instruction of `code`; empty when the object does not say.
  std::string source_line(const Code& code, uint32_t instruction) const;

 private:
  struct CloseObject {
    void operator()(bpf_object* object) const;
  };
  LoadedObject() = default;
  Status open(std::string_view object);
  Status make(const spec::Spec& spec, const std::string& space, const MapOverrides& terms);
  Status apply(const MapOverrides& terms);
  void describe_map(bpf_map* map, std::string name);

  std::unique_ptr<bpf_object, CloseObject> object_;
  base::Fd types_;  // until they are loaded: those of the kernel that the object refers to
  std::vector<Publication> publications_;
  std::vector<MapInfo> maps_;
  std::vector<Code> codes_;
  std::string license_;
};

}  // namespace sonde::bpf
