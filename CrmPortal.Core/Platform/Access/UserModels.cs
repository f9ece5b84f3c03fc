namespace CrmPortal.Core.Platform.Access;

/// <summary>A line of the list of users.</summary>
public sealed record UserRow(
    long Id, string Email, string DisplayName, IReadOnlyList<string> Roles, bool IsDisabled, bool IsInvited, bool TwoFactorEnabled,
        DateTimeOffset? LastSignInAt, bool IsService = false);

/// <summary>A user as an administrator sees them.</summary>
/// <param name="IsInvited">They have not set a password yet.</param>
/// <param name="Sessions">How many of their sessions are alive.</param>
public sealed record UserDetails(
    long Id, string Email, string DisplayName, IReadOnlyList<long> RoleIds, bool IsDisabled, bool IsInvited, bool TwoFactorEnabled,
        int Passkeys, int Sessions,
    DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, long Version, bool IsService = false);

/// <summary>What an administrator sets.</summary>
/// <param name="IsService">An account of a program, which nobody is invited to; it cannot be changed into one of a person.</param>
public sealed record UserInput(string Email, string DisplayName, IReadOnlyCollection<long> RoleIds, bool IsService = false);

/// <summary>A role with the number of users who hold it.</summary>
public sealed record RoleRow(long Id, string Name, bool IsBuiltIn, IReadOnlyList<string> Permissions, int Users, long Version);

/// <summary>How long mailed links are good.</summary>
public static class AccountLinks
{
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(3);
}

/// <summary>Words the mails about accounts; the links in them need keys that Core does not hold.</summary>
public interface IAccountLetters
{
    /// <summary>Invites a new user, or a customer, to choose a password.</summary>
    (string Subject, string Text) Invitation(User user);

    /// <summary>Asks a customer who registered to confirm that the e-mail is theirs.</summary>
    (string Subject, string Text) Registration(User user);

    /// <summary>Asks whoever has an address to confirm that a customer wants to sign in with it.</summary>
    (string Subject, string Text) NewEmail(User user, string email);

    /// <summary>Tells a customer at their present address that they want to sign in with another one.</summary>
    (string Subject, string Text) EmailLeaves(User user);

    /// <summary>Tells the owner of an account that somebody wanted its address for another account.</summary>
    (string Subject, string Text) EmailStays(User holder);
}

/// <summary>What a role shall be allowed to do from now on.</summary>
/// <param name="Version">That of the role when it was read.</param>
public sealed record RoleChange(long Id, long Version, IReadOnlyCollection<string> Permissions);
