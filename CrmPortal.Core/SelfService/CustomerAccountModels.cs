namespace CrmPortal.Core.SelfService;

/// <summary>How far a customer is with an account to sign in with.</summary>
public enum CustomerAccountState
{
    None,

    /// <summary>A link was mailed with which they choose a password.</summary>
    Invited,

    /// <summary>They registered themselves and have not shown yet that the e-mail is theirs.</summary>
    Unconfirmed,

    Active,
    Disabled,
}

/// <summary>The account of a customer, as staff see it.</summary>
public sealed record CustomerAccount(CustomerAccountState State)
{
    /// <summary>With which they sign in; masked for those who may not see any, null where there is no account.</summary>
    public string? Email { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>When they were invited last; null for who registered themselves.</summary>
    public DateTimeOffset? InvitedAt { get; init; }

    public string? InvitedBy { get; init; }

    /// <summary>Until when the mailed link is good; null where none waits.</summary>
    public DateTimeOffset? InvitationEndsAt { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }
}
