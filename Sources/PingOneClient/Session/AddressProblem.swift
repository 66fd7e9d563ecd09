/// What answers instead of PingOne's API.
package enum AddressProblem: Sendable, Equatable {
    /// Something that does not speak of the environment that was asked for: a web page, a portal, another API.
    case foreign
    /// The API's front door, which does not know the path.
    case unknownPath
}

extension RunStop {
    /// Whatever answers at the address, it is not PingOne's API.
    package static func wrongAddress(_ problem: AddressProblem) -> RunStop {
        let what =
            switch problem {
            case .foreign: "what answers there is not PingOne's API"
            case .unknownPath: "PingOne's API does not know the path"
            }
        return RunStop(
            "api-url",
            exitCode: 78,
            "The address of the API is wrong: \(what). Check --api-url, or leave it out and name the --region; "
                + "it looks like https://api.pingone.com/v1.",
            doubting: [.address]
        )
    }
}
