using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Consents;

/// <summary>From where, with which program and by which form somebody said something.</summary>
public sealed record ConsentEvidence(string? IpAddress = null, string? UserAgent = null, string? Form = null);

/// <summary>What a member of staff says about a consent or a withdrawal that a customer did not put in themselves.</summary>
/// <param name="Form">How and where they said it, such as the name of a form.</param>
/// <param name="At">When they said it; null for now.</param>
public sealed record ConsentStatement(ConsentPurpose Purpose, Channel Channel, bool IsGiven, string? Form = null,
    DateTimeOffset? At = null);

/// <summary>An entry to add to the ledger.</summary>
/// <param name="At">When it was said, where that is not now.</param>
public sealed record ConsentEntry(ConsentPurpose Purpose, Channel Channel, ConsentState State, ConsentSource Source,
    ConsentEvidence Evidence, long? WordingId = null, DateTimeOffset? At = null);

/// <summary>An entry of the ledger as it is shown.</summary>
public sealed record ConsentDetails(
    long Id, ConsentPurpose Purpose, Channel Channel, ConsentState State, ConsentSource Source, DateTimeOffset At, string ActorName,
        string? IpAddress, string? UserAgent, string? Form,
    long? WordingId, int? WordingNumber, string? WordingLanguage, string? WordingText);

/// <summary>What holds at present for a purpose and a channel.</summary>
public sealed record CurrentConsent(long Id, ConsentPurpose Purpose, Channel Channel, ConsentState State, DateTimeOffset At);

/// <summary>What a customer sees of themselves by their own link.</summary>
public sealed record OwnConsents(string Name, string Language, IReadOnlyList<CurrentConsent> Current,
    IReadOnlyDictionary<ConsentPurpose, string> Wordings);

/// <summary>A version of a wording.</summary>
public sealed record WordingDetails(long Id, ConsentPurpose Purpose, string Language, int Number, string Text, DateTimeOffset CreatedAt);
