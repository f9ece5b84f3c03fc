using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Limits of guessing.</summary>
public sealed class SignInLimits
{
    public const string Section = "SignIn";

    /// <summary>Attempts from one address (IPv6: one network of 64 bits) in a minute.</summary>
    public int PerMinute { get; set; } = 20;

    /// <summary>Wrong passwords in a row before the account rests.</summary>
    public int Failures { get; set; } = 10;

    public TimeSpan Rest { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>What is wrong with the limits of signing in.</summary>
public sealed class SignInLimitsCheck : SettingsCheck<SignInLimits>
{
    protected override IEnumerable<string> Faults(SignInLimits options)
    {
        if (options.PerMinute < 1) yield return $"SignIn:PerMinute is {options.PerMinute}; it must be a number of 1 or more.";
        if (options.Failures < 1) yield return $"SignIn:Failures is {options.Failures}; it must be a number of 1 or more.";
        if (options.Rest <= TimeSpan.Zero) yield return $"SignIn:Rest is {options.Rest}; it must be a time such as 00:05:00.";
    }
}

/// <summary>Where an attempt to sign in comes from.</summary>
/// <param name="Known">A device or session in which the user has shown before who they are; null for any other.</param>
/// <param name="Address">The remote address, where there is one.</param>
public sealed record SignInSource(string? Known, System.Net.IPAddress? Address);

/// <summary>
/// Counts attempts to sign in, in the database, so that all nodes and the next start count on. An attempt is counted before
/// the password is looked at, so that many at once are not more than many in turn.
/// </summary>
public sealed class SignInGuard(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, TimeProvider clock,
    IOptions<SignInLimits> limits, IAccountHolders holders)
{
    /// <summary>A wrong code of the second factor weighs more: there are only a million of them.</summary>
    public const int CodeWeight = 2;

    /// <summary>So many mails to addresses of their choice may somebody who is signed in have sent within an hour.</summary>
    public const int MostMails = 5;

    private const string CounterPrefix = "sign-in ";
    private const string MinuteFormat = "yyyyMMddHHmm";

    /// <summary>So long after a sign-in its address counts as one that the user knows.</summary>
    private static readonly TimeSpan AddressKnown = TimeSpan.FromDays(30);

    /// <summary>
    /// Counts an attempt on an account. Devices and addresses from which the user signed in before each have a count of their own:
    /// strangers who guess make the account rest for strangers alone.
    /// </summary>
    /// <returns>False while the account rests for this source; the attempt must then fail like any other.</returns>
    public async Task<bool> TakeAttemptAsync(long userId, int weight, SignInSource source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (failures, rested) = (limits.Value.Failures, now + limits.Value.Rest);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await KnownCounterAsync(db, userId, source, cancellationToken) is { } counter)
            return await provider.RaiseCounterAsync(db, counter, weight, cancellationToken) <= failures;
        await db.Users.Where(u => u.Id == userId && u.LockoutEnd != null && u.LockoutEnd <= now)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.LockoutEnd, (DateTimeOffset?)null).SetProperty(x => x.AccessFailedCount, 0),
                cancellationToken);
        return await db.Users.Where(u => u.Id == userId && u.LockoutEnd == null)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.AccessFailedCount, x => x.AccessFailedCount + weight)
                .SetProperty(x => x.LockoutEnd, x => x.AccessFailedCount + weight >= failures ? rested : null), cancellationToken) == 1;
    }

    /// <summary>Takes an attempt back that was right but did not sign in yet.</summary>
    public async Task ReleaseAsync(long userId, SignInSource source, CancellationToken cancellationToken)
    {
        var failures = limits.Value.Failures;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await KnownCounterAsync(db, userId, source, cancellationToken) is { } counter)
        {
            await provider.RaiseCounterAsync(db, counter, -1, cancellationToken);
            return;
        }

        await db.Users.Where(u => u.Id == userId && u.AccessFailedCount > 0)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.AccessFailedCount, x => x.AccessFailedCount - 1)
                .SetProperty(x => x.LockoutEnd, x => x.AccessFailedCount - 1 >= failures ? x.LockoutEnd : null), cancellationToken);
    }

    /// <summary>Forgets the failures of a source from which the owner of the account has shown who they are.</summary>
    public async Task ForgetAsync(long userId, SignInSource source, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await KnownCounterAsync(db, userId, source, cancellationToken) is not { } counter)
        {
            await ForgetAsync(userId, cancellationToken);
            return;
        }

        await db.DailyCounters.Where(c => c.Name == counter).ExecuteDeleteAsync(cancellationToken);
        // While strangers are kept out they stay so: they have not become the owner.
        await db.Users.Where(u => u.Id == userId && u.AccessFailedCount != 0 && u.LockoutEnd == null)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.AccessFailedCount, 0), cancellationToken);
    }

    /// <summary>Forgets all failures of an account whose owner has shown who they are, as by a mailed link.</summary>
    public async Task ForgetAsync(long userId, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Users.Where(u => u.Id == userId && (u.AccessFailedCount != 0 || u.LockoutEnd != null))
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.LockoutEnd, (DateTimeOffset?)null).SetProperty(x => x.AccessFailedCount, 0),
                cancellationToken);
    }

    /// <summary>Notes that the code of a time step was used.</summary>
    /// <returns>False when it, or a later one, was used before.</returns>
    public async Task<bool> UseStepAsync(long userId, long step, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Users.Where(u => u.Id == userId && (u.LastTwoFactorStep == null || u.LastTwoFactorStep < step))
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.LastTwoFactorStep, step), cancellationToken) == 1;
    }

    /// <summary>Counts a request of an address.</summary>
    /// <returns>Null, or how long the address must wait.</returns>
    public async Task<TimeSpan?> CountAsync(System.Net.IPAddress? address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var minute = CounterPrefix + now.ToString(MinuteFormat, CultureInfo.InvariantCulture);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Addresses are personal data: the counter is named by a hash of them.
        var count = await provider.RaiseCounterAsync(db, $"{minute} {SessionService.Hash(Network(address))[..16]}", 1, cancellationToken);
        if (count == 1)
        {
            var old = CounterPrefix + now.AddHours(-1).ToString(MinuteFormat, CultureInfo.InvariantCulture);
#pragma warning disable CA1309 // It becomes SQL.
            await db.DailyCounters.Where(c => c.Name.StartsWith(CounterPrefix) && string.Compare(c.Name, old) < 0)
                .ExecuteDeleteAsync(cancellationToken);
#pragma warning restore CA1309
        }

        return count <= limits.Value.PerMinute ? null : TimeSpan.FromSeconds(60 - now.Second);
    }

    /// <summary>Counts a mail that a user has sent to an address of their choice; false where there were too many.</summary>
    internal async Task<bool> MayMailAsync(long userId, CancellationToken cancellationToken)
    {
        var hour = clock.GetUtcNow().ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
        var counter = string.Create(CultureInfo.InvariantCulture, $"{CounterPrefix}{hour}00 mail {userId}");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await provider.RaiseCounterAsync(db, counter, 1, cancellationToken) <= MostMails;
    }

    /// <summary>
    /// Whether a customer was invited who must not be let in any more: the e-mail that the link went to is no longer among theirs, or they
    /// are blocked or gone.
    /// </summary>
    public async Task<bool> IsStrandedAsync(User user, CancellationToken cancellationToken)
    {
        if (user is not { CustomerId: { } customer, PasswordHash: null }) return false;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return !await holders.HaveEmailAsync(db, customer, user.Email, cancellationToken);
    }

    /// <summary>Whether the account belongs to a customer who is blocked or gone.</summary>
    public async Task<bool> IsBarredAsync(User user, CancellationToken cancellationToken)
    {
        if (user.CustomerId is not { } customer) return false;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await holders.AreBarredAsync(db, customer, cancellationToken);
    }

    /// <summary>The counter of a source that the user knows, for the present span of time; null for strangers.</summary>
    private async Task<string?> KnownCounterAsync(CrmDbContext db, long userId, SignInSource source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = source.Known;
        if (known is null && source.Address?.ToString() is { } address)
        {
            var since = now - AddressKnown;
            if (await db.Sessions.AnyAsync(s => s.UserId == userId && s.IpAddress == address && s.CreatedAt > since, cancellationToken))
                known = $"address {address}";
        }

        if (known is null) return null;
        var began = new DateTimeOffset(now.Ticks - (now.Ticks % limits.Value.Rest.Ticks), TimeSpan.Zero)
            .ToString(MinuteFormat, CultureInfo.InvariantCulture);
        return $"{CounterPrefix}{began} {SessionService.Hash(string.Create(CultureInfo.InvariantCulture, $"{userId} {known}"))[..16]}";
    }

    /// <summary>What an address is counted by: of IPv6 the network of 64 bits, of which one person has all addresses.</summary>
    internal static string Network(System.Net.IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.Length == 16 ? bytes.AsSpan(0, 8) : bytes);
    }
}
