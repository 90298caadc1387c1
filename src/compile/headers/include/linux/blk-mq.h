// Requests of block devices.
#pragma once

#include <linux/blkdev.h>

#define req_op(rq) ((int)((rq)->cmd_flags & REQ_OP_MASK))
#define rq_data_dir(rq) op_is_write((rq)->cmd_flags)
#define rq_is_sync(rq) op_is_sync((rq)->cmd_flags)
#define blk_rq_pos(rq) ((rq)->__sector)
#define blk_rq_bytes(rq) ((rq)->__data_len)
#define blk_rq_sectors(rq) ((rq)->__data_len >> SECTOR_SHIFT)
#define blk_op_is_passthrough(op) (((op) & REQ_OP_MASK) == REQ_OP_DRV_IN || ((op) & REQ_OP_MASK) == REQ_OP_DRV_OUT)
#define blk_rq_is_passthrough(rq) blk_op_is_passthrough((rq)->cmd_flags)
#define rq_dma_dir(rq) (op_is_write((rq)->cmd_flags) ? DMA_TO_DEVICE : DMA_FROM_DEVICE)
#define blk_rq_stats_sectors(rq) ((rq)->stats_sectors)
#define blk_rq_cur_bytes(rq) ((rq)->bio ? (rq)->bio->bi_iter.bi_size : 0)
#define blk_rq_is_write(rq) op_is_write((rq)->cmd_flags)
#define blk_mq_rq_to_pdu(rq) ((void *)((rq) + 1))
#define blk_mq_rq_from_pdu(pdu) ((struct request *)((void *)(pdu) - sizeof(struct request)))
