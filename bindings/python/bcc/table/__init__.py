"""Tables: the kernel's maps as Python sees them, one class for each kind."""
from . import kinds
from .arrays import Array, ArrayBase, CgroupArray, MapInMapArray, ProgArray
from .base import TableBase
from .buffers import PerfEventArray, RingBuf
from .hashes import CpuMap, DevMap, HashTable, LpmTrie, LruHash, MapInMapHash, XskMap
from .histogram import linear_index_max, log2_index_max, stars_max
from .kinds import *  # noqa: F403 - the BPF_MAP_TYPE_ names
from .kinds import get_table_type_name, map_type_name
from .percpu import LruPerCpuHash, PerCpuArray, PerCpuHash
from .queues import QueueStack
from .stacks import StackTrace

_CLASSES = {
    kinds.BPF_MAP_TYPE_HASH: HashTable,
    kinds.BPF_MAP_TYPE_ARRAY: Array,
    kinds.BPF_MAP_TYPE_PROG_ARRAY: ProgArray,
    kinds.BPF_MAP_TYPE_PERF_EVENT_ARRAY: PerfEventArray,
    kinds.BPF_MAP_TYPE_PERCPU_HASH: PerCpuHash,
    kinds.BPF_MAP_TYPE_PERCPU_ARRAY: PerCpuArray,
    kinds.BPF_MAP_TYPE_LPM_TRIE: LpmTrie,
    kinds.BPF_MAP_TYPE_STACK_TRACE: StackTrace,
    kinds.BPF_MAP_TYPE_LRU_HASH: LruHash,
    kinds.BPF_MAP_TYPE_LRU_PERCPU_HASH: LruPerCpuHash,
    kinds.BPF_MAP_TYPE_CGROUP_ARRAY: CgroupArray,
    kinds.BPF_MAP_TYPE_DEVMAP: DevMap,
    kinds.BPF_MAP_TYPE_CPUMAP: CpuMap,
    kinds.BPF_MAP_TYPE_XSKMAP: XskMap,
    kinds.BPF_MAP_TYPE_ARRAY_OF_MAPS: MapInMapArray,
    kinds.BPF_MAP_TYPE_HASH_OF_MAPS: MapInMapHash,
    kinds.BPF_MAP_TYPE_QUEUE: QueueStack,
    kinds.BPF_MAP_TYPE_STACK: QueueStack,
    kinds.BPF_MAP_TYPE_RINGBUF: RingBuf,
}


def table_of(bpf, map, keytype=None, leaftype=None, reducer=None):
    """The table over a map of bpf's session."""
    cls = _CLASSES.get(map.type)
    if cls is None:
        raise Exception("Unknown table type %d" % map.type)
    if issubclass(cls, (PerCpuHash, PerCpuArray)):
        return cls(bpf, map, keytype, leaftype, reducer)
    return cls(bpf, map, keytype, leaftype)


def Table(bpf, map_id, map_fd, keytype, leaftype, name, **kwargs):
    """BCC's factory: the map is found by its name."""
    return table_of(bpf, bpf._session.map(name), keytype, leaftype, kwargs.get("reducer"))
