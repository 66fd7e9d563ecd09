import HTTPTransport
package import PingOneAPI

/// Reads a user's linked accounts: to settle what a lost or refused POST did, and to verify what an import has done.
package struct LinkReader {
    /// Whose links were read.
    package enum OfUser {
        case known
        /// One whom PingOne does not know: nothing is linked.
        case unknown(RowProblem)
    }

    package enum Finding {
        case there(LinkedAccount, correlationID: String?)
        case absent(OfUser)
        /// Nobody can say: the list could not be read, as often as it was tried.
        case unknown(RowProblem, isRefusal: Bool)
    }

    package enum Listing {
        /// Of a user whom PingOne does not know, none.
        case read([LinkedAccount])
        /// The list could not be read, as often as it was tried.
        case unknown(RowProblem, isRefusal: Bool)
        /// The run ended before.
        case stopped
    }

    let caller: APICaller
    let session: APISession

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    /// Looks for one link; reads no further than to the page that has it.
    ///
    /// `tries`: how often a failing read is tried, at least once.
    package func find(_ link: LinkRequest, ofUser user: String, tries: Int) -> Finding {
        let reading = pages(ofUser: user, tries: tries) { response, page in
            let match = page.accounts.first {
                $0.links(identityProvider: link.identityProviderID, externalID: link.externalID)
            }
            let finding = match.map { Finding.there($0, correlationID: response.correlationID) }
            return (page: finding, next: finding == nil ? page.next : nil)
        }
        switch reading {
        case .found(let pages): return pages.compactMap(\.self).first ?? .absent(.known)
        case .refused(let problem, _) where problem.status == 404: return .absent(.unknown(RowProblem(problem)))
        case .refused(let problem, _): return .unknown(RowProblem(problem), isRefusal: true)
        case .failed(let problem): return .unknown(problem, isRefusal: false)
        case .stopped: return .unknown(.stoppedBeforeReadBack, isRefusal: false)
        }
    }

    /// All of the user's linked accounts.
    package func list(ofUser user: String, tries: Int) -> Listing {
        switch pages(ofUser: user, tries: tries, { _, page in (page: page.accounts, next: page.next) }) {
        case .found(let pages): .read(Array(pages.joined()))
        case .refused(let problem, _) where problem.status == 404: .read([])
        case .refused(let problem, _): .unknown(RowProblem(problem), isRefusal: true)
        case .failed(let problem): .unknown(problem, isRefusal: false)
        case .stopped: .stopped
        }
    }

    private func pages<Page>(
        ofUser user: String,
        tries: Int,
        _ read: (HTTPResponse, LinkedAccountPage) -> (page: Page, next: String?)
    ) -> RepeatableCall.Outcome<[Page]> {
        let call = RepeatableCall(caller: caller, session: session, tries: tries)
        return call.list(from: session.calls.linkedAccounts(ofUser: user)) { response in
            LinkedAccountPage(response).map { read(response, $0) }
        }
    }
}
