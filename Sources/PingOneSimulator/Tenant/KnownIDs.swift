/// The ids and credentials of the simulated tenant; those of PingOne's own samples where these name one.
package enum KnownIDs {
    /// The environment with the users.
    package static let environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    /// A second environment that only issues tokens, as the Administrators environment of a tenant often does for a
    /// worker application; its API answers like one that does not exist.
    package static let administratorsEnvironment = "c2c2c4cd-5b83-4f0c-9a36-4b0a3a4d7a10"
    /// The identity provider of type TWITTER (X).
    package static let identityProvider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"
    /// A second identity provider, of type OPENID_CONNECT.
    package static let secondIdentityProvider = "550d3bdf-554b-4f9d-8825-ece15308673d"
    /// An identity provider of type SAML.
    package static let samlIdentityProvider = "8e2f4c1b-6d3a-4f95-b7c0-51a9d2e83f14"
    /// An identity provider of type GOOGLE.
    package static let googleIdentityProvider = "a91c7d35-0b48-4e62-9f1d-c83b6e5a7015"
    /// The core attribute mapping `username` of the identity provider of type TWITTER.
    package static let usernameMapping = "b4e2c6f0-7c1d-4a57-8a43-0d3f0f7f6c11"
    /// The attribute mapping `email` of the identity provider of type TWITTER.
    package static let emailMapping = "065281f6-923d-483f-a63f-98888b0c7b01"
    /// The core attribute mapping `username` of the identity provider of type OPENID_CONNECT.
    package static let secondUsernameMapping = "d0a7be2f-3c58-4d6e-9b0e-6a1c5f9f2b12"
    /// The core attribute mapping `username` of the identity provider of type SAML.
    package static let samlUsernameMapping = "3b7d9e10-54c2-4a8f-8e6b-f0d1c29a4b16"
    /// The core attribute mapping `username` of the identity provider of type GOOGLE.
    package static let googleUsernameMapping = "6c05f8d2-91ae-4b37-a4d8-27e3b10f9c17"
    /// The population that all users belong to.
    package static let population = "f22842c9-f1eb-41a5-8072-20041b609cf1"
    /// The worker application. Not a secret of anybody: the same in each simulator.
    package static let clientID = "5f1d3a52-9c0b-4e7e-8d7a-2b64c1f0e913"
    /// The worker application's secret. Not a secret of anybody: the same in each simulator.
    package static let clientSecret = "simulator-demo-secret"
}
