import DurableSteps
import Glibc
import RawPaths
import Synchronization

/// The right to write one ledger: an exclusive `flock(2)` on the ledger file itself, kept through a descriptor of its own.
///
/// It does not meet SQLite's locks: those are `fcntl(2)` byte ranges, a different kind that Linux keeps apart. It ends with
/// the process, however that ends, so a dead run leaves none. It must be taken before the database is opened and
/// released after it is closed, because closing *any* descriptor of a file drops all `fcntl` locks that this process has
/// on it, and with them SQLite's. For the same reason a second attempt in this process must be refused before it opens
/// the file: ``held`` knows which files this process has locked.
final class LedgerLock: Sendable {
    enum Failure: Error, Equatable {
        case held
        case system(reason: String)
        case notAFile(reason: String)
    }

    private struct FileIdentity: Hashable {
        var device: dev_t
        var inode: ino_t

        init(_ status: stat) {
            device = status.st_dev
            inode = status.st_ino
        }
    }

    private static let held = Mutex<Set<FileIdentity>>([])

    private struct Holding {
        var descriptor: Int32
        var identity: FileIdentity
    }

    /// Nil once it is released.
    private let holding: Mutex<Holding?>

    /// Opens the file, or creates it with mode 0600, and locks it. Never waits.
    init(path: String) throws(Failure) {
        let taken: Result<Holding, Failure> = Self.held.withLock { held in
            var status = stat()
            if unsafe stat(path.pathBytes, &status) == 0, held.contains(FileIdentity(status)) { return .failure(.held) }
            let taken = Self.take(path)
            if case .success(let holding) = taken { held.insert(holding.identity) }
            return taken
        }
        holding = Mutex(try taken.get())
    }

    deinit {
        release()
    }

    /// Lets the next run in. The database must be closed.
    func release() {
        guard let holding = holding.withLock({ $0.take() }) else { return }
        Self.held.withLock { held in
            held.remove(holding.identity)
            // Closing alone would leave it locked for as long as a child process that another thread is about to start
            // has a copy of the descriptor: until it executes its program.
            flock(holding.descriptor, LOCK_UN)
            // Under the lock, so that no other thread opens the file between the two.
            close(holding.descriptor)
        }
        DurableStep.reached(.lockReleased)
    }

    private static func take(_ path: String) -> Result<Holding, Failure> {
        // The descriptor must not live on in a child process, for a `flock` lasts until its last descriptor is closed.
        // A pipe without a reader must not make us wait.
        let flags = O_RDWR | O_CLOEXEC | O_NONBLOCK
        var descriptor = unsafe open(path.pathBytes, flags | O_CREAT | O_EXCL, 0o600)
        if descriptor < 0, errno == EEXIST { descriptor = unsafe open(path.pathBytes, flags) }
        guard descriptor >= 0 else {
            return .failure(errno == EISDIR ? .notAFile(reason: "it is a folder") : .system(reason: errorText(errno)))
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return .failure(.notAFile(reason: "it is not a regular file"))
        }
        guard lock(descriptor) else {
            let code = errno
            close(descriptor)
            return .failure(code == EWOULDBLOCK ? .held : .system(reason: "it cannot be locked: \(errorText(code))"))
        }
        // An empty file that was there, from mktemp(1) for instance, becomes a ledger: only now is there something to hide.
        if status.st_size == 0 { fchmod(descriptor, 0o600) }
        return .success(Holding(descriptor: descriptor, identity: FileIdentity(status)))
    }

    /// Tries more than once, for ``isHeld(_:)`` of another process has the file locked for a moment: some microseconds.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<5 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            usleep(2000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Whether a live process, perhaps this one, holds the ledger. A file that cannot be opened is held by nobody.
    ///
    /// Not to be called while this process reads the ledger: SQLite's locks would go with the descriptor.
    static func isHeld(_ path: String) -> Bool {
        held.withLock { held in
            var status = stat()
            guard unsafe stat(path.pathBytes, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
            guard !held.contains(FileIdentity(status)) else { return true }
            let descriptor = unsafe open(path.pathBytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
            flock(descriptor, LOCK_UN)
            return false
        }
    }
}

/// The system's text for an `errno`, with a small first letter, to stand after a colon.
func errorText(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    let message = unsafe String(cString: text)
    return message.prefix(1).lowercased() + message.dropFirst()
}
