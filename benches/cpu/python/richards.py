"""An operating-system simulation after Martin Richards: small classes, attributes, virtual calls, linked lists."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)
PACKET_BYTES = 4


class Packet:
    def __init__(self, link, task, kind):
        self.link = link
        self.task = task
        self.kind = kind
        self.datum = 0
        self.data = [0] * PACKET_BYTES

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, scheduler, name, priority, queue):
        self.scheduler = scheduler
        self.name = name
        self.priority = priority
        self.queue = queue
        self.pending = queue is not None
        self.waiting = True
        self.held = False
        self.following = None

    def blocked(self):
        return self.held or (self.waiting and not self.pending)

    def add(self, packet, old):
        if self.queue is None:
            self.queue = packet
            self.pending = True
            if self.priority > old.priority:
                return self
        else:
            packet.append_to(self.queue)
        return old

    def step(self):
        packet = None
        if self.waiting and self.pending:
            packet = self.queue
            self.queue = packet.link
            self.waiting = False
            self.pending = self.queue is not None
        return self.run(packet)

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.scheduler.holds += 1
        self.held = True
        return self.following

    def release(self, name):
        task = self.scheduler.tasks[name]
        task.held = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        task = self.scheduler.tasks[packet.task]
        self.scheduler.queued += 1
        packet.link = None
        packet.task = self.name
        return task.add(packet, self)


class Idle(Task):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.waiting = False
        self.control = 1
        self.count = 10_000

    def run(self, _packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.destination = HANDLER_A
        self.count = 0

    def run(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.task = self.destination
        packet.datum = 0
        for i in range(PACKET_BYTES):
            self.count = self.count % 26 + 1
            packet.data[i] = 64 + self.count
        return self.send(packet)


class Handler(Task):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.work = None
        self.device = None

    def run(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        work = self.work
        if work is None:
            return self.wait()
        count = work.datum
        if count >= PACKET_BYTES:
            self.work = work.link
            return self.send(work)
        device = self.device
        if device is None:
            return self.wait()
        self.device = device.link
        device.datum = work.data[count]
        work.datum = count + 1
        return self.send(device)


class Device(Task):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.packet = None

    def run(self, packet):
        if packet is None:
            if self.packet is None:
                return self.wait()
            packet, self.packet = self.packet, None
            return self.send(packet)
        self.packet = packet
        return self.hold()


class Scheduler:
    def __init__(self):
        self.tasks = {}
        self.first = None
        self.queued = self.holds = 0

    def add(self, kind, name, priority, queue=None):
        task = kind(self, name, priority, queue)
        task.following, self.first = self.first, task
        self.tasks[name] = task

    def run(self):
        task = self.first
        while task is not None:
            task = task.following if task.blocked() else task.step()


def packets(task, kind, count):
    queue = None
    for _ in range(count):
        queue = Packet(queue, task, kind)
    return queue


def simulate():
    scheduler = Scheduler()
    scheduler.add(Idle, IDLE, 1)
    scheduler.add(Worker, WORKER, 1000, packets(WORKER, WORK_PACKET, 2))
    scheduler.add(Handler, HANDLER_A, 2000, packets(DEVICE_A, DEVICE_PACKET, 3))
    scheduler.add(Handler, HANDLER_B, 3000, packets(DEVICE_B, DEVICE_PACKET, 3))
    scheduler.add(Device, DEVICE_A, 4000)
    scheduler.add(Device, DEVICE_B, 5000)
    scheduler.run()
    return scheduler.queued, scheduler.holds


for _ in range(8):
    result = simulate()
print(*result)
