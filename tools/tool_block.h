// Block requests: their disk, and from when to when they are measured. A part of tool.h.
#pragma once
#pragma clang system_header

SONDE_INLINE struct gendisk *sonde_disk_of(struct request *request) {
  struct request_queue___since_5_15 *queue = (void *)request->q;
  if (bpf_core_field_exists(queue->disk)) return queue->disk;
  return ((struct request___before_5_15 *)request)->rq_disk;
}
SONDE_INLINE disk_t disk_of(struct request *request) {
  struct gendisk *disk = sonde_disk_of(request);
  return disk ? disk->major << 20 | disk->first_minor : 0;
}
SONDE_INLINE bool is_write(struct request *request) { return request->cmd_flags & 1; }
// At block_rq_complete: not only a part of it, which the rest follows.
SONDE_INLINE bool is_whole(struct request *request, u32 completed_bytes) {
  return completed_bytes >= request->__data_len;
}

// Who queued a request. On kernels before 6.5, where no hook tells, who hands it to the scheduler or the disk.
struct requester {
  u32 pid;
  comm_t comm;
};
SONDE_INLINE struct requester current_requester(void) {
  struct requester requester = {};
  fill_task(&requester, pid, comm);
  return requester;
}
