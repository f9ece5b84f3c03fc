using System.Collections.Frozen;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>What stands in the audit and is no audited entity; the words for entities stand on their classes.</summary>
internal static class OtherKinds
{
    public static IReadOnlyList<KindWords> All { get; } =
    [
        new("AuditEntry", "Audit log"),
        Kind("Job", "Job", ("Retry", "Retry")),
        new("Passkey", "Passkey"),
        new("Permission", "Permission"),
        new("Report", "Report"),
        Kind("Shop", "Shop and brand", ("Name", "Name"), ("Accent", "Colour"), ("Logo", "Logo")),
        // The fields of a sign-in are with what somebody signed in, or tried to.
        Kind("SignIn", "Sign-in", ("Password", "Password"), ("Code", "Two-factor code"), ("Passkey", "Passkey")),
    ];

    private static KindWords Kind(string name, string label, params (string Name, string Label)[] fields) =>
        new(name, label) { Fields = fields.ToFrozenDictionary(f => f.Name, f => f.Label) };
}
