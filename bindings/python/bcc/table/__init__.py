"""Tables: the kernel's maps as Python sees them, one class for each kind, loaded when a table of the kind is first
met."""
from . import kinds
from .kinds import *  # noqa: F403 - the BPF_MAP_TYPE_ names
from .kinds import get_table_type_name, map_type_name

_CLASSES = {
    kinds.BPF_MAP_TYPE_HASH: "HashTable",
    kinds.BPF_MAP_TYPE_ARRAY: "Array",
    kinds.BPF_MAP_TYPE_PROG_ARRAY: "ProgArray",
    kinds.BPF_MAP_TYPE_PERF_EVENT_ARRAY: "PerfEventArray",
    kinds.BPF_MAP_TYPE_PERCPU_HASH: "PerCpuHash",
    kinds.BPF_MAP_TYPE_PERCPU_ARRAY: "PerCpuArray",
    kinds.BPF_MAP_TYPE_LPM_TRIE: "LpmTrie",
    kinds.BPF_MAP_TYPE_STACK_TRACE: "StackTrace",
    kinds.BPF_MAP_TYPE_LRU_HASH: "LruHash",
    kinds.BPF_MAP_TYPE_LRU_PERCPU_HASH: "LruPerCpuHash",
    kinds.BPF_MAP_TYPE_CGROUP_ARRAY: "CgroupArray",
    kinds.BPF_MAP_TYPE_DEVMAP: "DevMap",
    kinds.BPF_MAP_TYPE_CPUMAP: "CpuMap",
    kinds.BPF_MAP_TYPE_XSKMAP: "XskMap",
    kinds.BPF_MAP_TYPE_ARRAY_OF_MAPS: "MapInMapArray",
    kinds.BPF_MAP_TYPE_HASH_OF_MAPS: "MapInMapHash",
    kinds.BPF_MAP_TYPE_QUEUE: "QueueStack",
    kinds.BPF_MAP_TYPE_STACK: "QueueStack",
    kinds.BPF_MAP_TYPE_RINGBUF: "RingBuf",
    kinds.BPF_MAP_TYPE_SOCKMAP: "SockMap",
    kinds.BPF_MAP_TYPE_SOCKHASH: "SockMap",
    kinds.BPF_MAP_TYPE_SK_STORAGE: "Storage",
    kinds.BPF_MAP_TYPE_INODE_STORAGE: "Storage",
    kinds.BPF_MAP_TYPE_TASK_STORAGE: "Storage",
    kinds.BPF_MAP_TYPE_CGRP_STORAGE: "Storage",
    kinds.BPF_MAP_TYPE_BLOOM_FILTER: "BloomFilter",
    kinds.BPF_MAP_TYPE_CGROUP_STORAGE: "Storage",
    kinds.BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: "PerCpuStorage",
}

_MODULES = {
    "base": ("TableBase",),
    "hashes": ("HashTable", "LruHash", "LpmTrie", "MapInMapHash", "SockMap", "Storage"),
    "arrays": ("ArrayBase", "Array", "ProgArray", "CgroupArray", "MapInMapArray", "DevMap", "CpuMap", "XskMap"),
    "percpu": ("PerCpuHash", "PerCpuArray", "LruPerCpuHash", "PerCpuStorage"),
    "buffers": ("PerfEventArray", "RingBuf"),
    "queues": ("QueueStack",),
    "filters": ("BloomFilter",),
    "stacks": ("StackTrace",),
    "histogram": ("stars_max", "log2_index_max", "linear_index_max", "get_json_hist"),
    "descriptor": ("FileDesc",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError("module 'bcc.table' has no attribute %r" % name)
    module = __import__(__name__ + "." + _MODULE_OF[name], fromlist=[name])  # importlib would be one more import
    value = globals()[name] = getattr(module, name)
    return value


def table_of(bpf, map, keytype=None, leaftype=None, reducer=None):
    """The table over a map of bpf's session."""
    name = _CLASSES.get(map.type)
    if name is None:
        raise Exception("Unknown table type %d" % map.type)
    cls = globals().get(name) or __getattr__(name)
    table = cls(bpf, map, keytype, leaftype)
    table.reducer = reducer  # of per-CPU tables; the others do not look at it
    return table


def Table(bpf, map_id, map_fd, keytype, leaftype, name, **kwargs):
    """BCC's factory: the map is found by its name."""
    return table_of(bpf, bpf._session.map(name), keytype, leaftype, kwargs.get("reducer"))
