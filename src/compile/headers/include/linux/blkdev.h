// Block devices.
#pragma once

#include <linux/bio.h>
#include <linux/blk_types.h>
#include <linux/fs.h>
#include <linux/sched.h>

#define SECTOR_SHIFT 9
#define SECTOR_SIZE (1 << SECTOR_SHIFT)
#define PAGE_SECTORS_SHIFT (PAGE_SHIFT - SECTOR_SHIFT)
#define PAGE_SECTORS (1 << PAGE_SECTORS_SHIFT)
#define disk_devt(disk) MKDEV((disk)->major, (disk)->first_minor)
#define bdev_nr_sectors(bdev) ((bdev)->bd_nr_sectors)
#define get_capacity(disk) ((disk)->part0->bd_nr_sectors)
#define dev_to_disk(device) (dev_to_bdev(device)->bd_disk)
#define dev_to_bdev(device) container_of(device, struct block_device, bd_device)
#define bdev_get_queue(bdev) ((bdev)->bd_disk->queue)
#define queue_is_mq(q) ((q)->mq_ops != NULL)
