import Hummingbird
import NIOCore

/// Hummingbird re-exports the collection of header fields, but not its element by name.
private typealias HTTPField = HTTPFields.Element

/// The thin layer between sockets and ``Simulation``: reads a request, has it decided, carries the decision out.
struct SimulatorResponder: HTTPResponder {
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    /// Far above what an API request needs.
    private static let maxBodySize = 1 << 20
    /// So that a forgotten client does not hold a connection for ever.
    private static let longestStall: Duration = .seconds(600)

    let state: SimulationState

    func respond(to request: Request, context: Context) async throws -> Response {
        let decision: Decision
        do {
            let body = try await request.body.collect(upTo: Self.maxBodySize)
            let received = Received(request, body: body)
            decision = state.withLock { $0.handle(received, at: .now) }
        } catch is NIOTooManyBytesError {
            decision = Decision(delivery: .reply(state.withLock { $0.tenant.refuse(.tooLarge) }))
        }
        if decision.delay > .zero { try await Task.sleep(for: decision.delay) }
        switch decision.delivery {
        case .reply(let reply): return Response(reply)
        case .half(let reply): return cutOff(reply, on: context.channel)
        case .reset: return await reset(context.channel)
        case .stall: return await stall(context.channel)
        }
    }

    /// Ends the connection with a TCP reset: closing a socket that is told to linger for no time sends one.
    ///
    /// - Returns: a response that goes nowhere; there must be one.
    private func reset(_ channel: any Channel) async -> Response {
        // Laid out like C's `struct linger`, whose members belong to a private module of NIO.
        let noTime: (isOn: CInt, seconds: CInt) = (1, 0)
        try? await (channel as? any SocketOptionProvider)?
            .unsafeSetSocketOption(level: .socket, name: .so_linger, value: noTime).get()
        return await close(channel)
    }

    private func close(_ channel: any Channel) async -> Response {
        try? await channel.close().get()
        return Response(status: .noContent)
    }

    /// Says nothing until the client closes its side or the simulator stops.
    private func stall(_ channel: any Channel) async -> Response {
        await withTaskGroup { group in
            group.addTask { try? await channel.closeFuture.get() }
            group.addTask { try? await Task.sleep(for: Self.longestStall) }
            await group.next()
            group.cancelAll()
            return await close(channel)
        }
    }

    private func cutOff(_ reply: Reply, on channel: any Channel) -> Response {
        var response = Response(reply)
        let bytes = reply.body ?? []
        response.body = ResponseBody(contentLength: bytes.count) { writer in
            try await writer.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
            try await channel.close()
        }
        return response
    }
}

/// Closes a connection as soon as the client closes its side of it: a client that has given up gets no answer, and a
/// stalled connection ends with its client.
final class ClosingWithClient: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

extension Received {
    fileprivate init(_ request: Request, body: ByteBuffer) {
        var contentType, authorization, userAgent, transactionID: String?
        for field in request.headers {
            switch field.name.canonicalName {
            case "content-type": contentType = field.value
            case "authorization": authorization = field.value
            case "user-agent": userAgent = field.value
            case "x-ping-external-transaction-id": transactionID = field.value
            default: break
            }
        }
        self.init(
            method: request.method.rawValue,
            path: request.uri.path,
            query: request.uri.query ?? "",
            contentType: contentType,
            authorization: authorization,
            host: request.head.authority,
            userAgent: userAgent,
            transactionID: transactionID,
            body: Array(body.readableBytesView)
        )
    }
}

extension Response {
    fileprivate init(_ reply: Reply) {
        var headers = HTTPFields()
        for header in reply.headers {
            if let name = HTTPField.Name(header.name) { headers.append(HTTPField(name: name, value: header.value)) }
        }
        if reply.body != nil { headers[.contentType] = reply.contentType }
        self.init(
            status: HTTPResponse.Status(code: reply.status),
            headers: headers,
            body: reply.body.map { ResponseBody(byteBuffer: ByteBuffer(bytes: $0)) } ?? ResponseBody()
        )
    }
}
