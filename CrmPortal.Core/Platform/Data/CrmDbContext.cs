using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Platform.Views;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Data;

/// <summary>What a context needs to record who changed what.</summary>
/// <param name="Zone">Of the shop; null for UTC.</param>
public sealed record SaveEnvironment(ICurrentUser CurrentUser, TimeProvider Clock, LocalZone? Zone = null);

/// <summary>
/// The database. Every <see cref="SaveChangesAsync(bool, CancellationToken)"/> raises versions, writes audit rows under one
/// change set and puts events into the outbox, in the transaction of the change itself.
/// </summary>
public abstract class CrmDbContext(DbContextOptions options) :
    IdentityDbContext<User, Role, long, IdentityUserClaim<long>, UserRole, IdentityUserLogin<long>, IdentityRoleClaim<long>,
        IdentityUserToken<long>>(options)
{
    /// <summary>A save that changes more rows than this writes what it says of them in masses.</summary>
    private const int MassOfRows = 50;

    private SaveEnvironment? _environment;
    private ChangeRecorder? _recorder;
    private Guid? _notedIn;
    private MassChanges? _mass;

    /// <summary>What made the context; writes in masses.</summary>
    internal IDatabaseProvider? Provider { get; private set; }

    /// <summary>A count that ends at a limit takes any rows: no order is meant, and one would cost the reading of all.</summary>
    internal static void Expect(WarningsConfigurationBuilder warnings) =>
        warnings.Log((CoreEventId.RowLimitingOperationWithoutOrderByWarning, LogLevel.Debug))
            // Identity maps columns that we do not keep.
            .Ignore(CoreEventId.MappedPropertyIgnoredWarning);

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<UserSession> Sessions => Set<UserSession>();
    public DbSet<SpentRefreshToken> SpentRefreshTokens => Set<SpentRefreshToken>();
    public DbSet<ChangeSet> ChangeSets => Set<ChangeSet>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<OutboxEvent> OutboxEvents => Set<OutboxEvent>();
    public DbSet<OutboxSubscription> OutboxSubscriptions => Set<OutboxSubscription>();
    public DbSet<OutboxFailure> OutboxFailures => Set<OutboxFailure>();
    public DbSet<Schedule> Schedules => Set<Schedule>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<SavedView> SavedViews => Set<SavedView>();
    public DbSet<OutgoingMail> OutgoingMails => Set<OutgoingMail>();
    public DbSet<BouncedAddress> BouncedAddresses => Set<BouncedAddress>();
    public DbSet<DataKey> DataKeys => Set<DataKey>();
    public DbSet<DailyCounter> DailyCounters => Set<DailyCounter>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    /// <summary>
    /// Begins a use of the context. Contexts come from a pool, since making one costs as much as a small query: the framework sets back
    /// what is its own, this what is ours.
    /// </summary>
    /// <param name="environment">Without one, changes are not recorded.</param>
    internal CrmDbContext Begin(IDatabaseProvider provider, SaveEnvironment? environment)
    {
        (Provider, _environment, _notedIn, _mass) = (provider, environment, null, null);
        _recorder = environment is null ? null : new(environment);
        return this;
    }

    /// <summary>Changes past the change tracker; the next save writes them together with those that it tracks.</summary>
    internal MassChanges Mass => _mass ??= new(this);

    /// <summary>Names the work that the next save belongs to.</summary>
    /// <param name="kind">Such as <c>customer.edit</c>.</param>
    /// <param name="permission">What the work needed; undoing it needs the same.</param>
    public void BeginChangeSet(string kind, string? permission = null) => _recorder?.Begin(kind, permission);

    /// <summary>Lets the next saves join a change set that an earlier context began, as the batches of one bulk edit do.</summary>
    public void ContinueChangeSet(long changeSetId) => _recorder?.Continue(changeSetId);

    /// <summary>The change set that the last save wrote under.</summary>
    public long? LastChangeSetId => _recorder?.LastChangeSetId;

    /// <summary>Creates the change set row of this context's work where there is none yet; it is saved with the next save.</summary>
    internal Task<ChangeSet> StartChangeSetAsync(CancellationToken cancellationToken) =>
        (_recorder ?? throw new InvalidOperationException("This context was made without an actor.")).StartAsync(this, cancellationToken);

    public override Task<int> SaveChangesAsync(CancellationToken cancellationToken = default) => SaveChangesAsync(true, cancellationToken);

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (_recorder is null) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);

        await using var transaction = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        var changes = await _recorder.CollectAsync(this, cancellationToken);
        // The recorder has compared every row; the saves below need not do it again.
        var isDetecting = ChangeTracker.AutoDetectChangesEnabled;
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            var mass = _mass is { HasChanges: true } ? _mass : null;
            if (mass is not null) changes.Rows.AddRange(await mass.CollectAsync(Provider!, cancellationToken));
            var isWork = mass is not null || ChangeTracker.Entries().Any(IsWork);
            var written = await SaveRecordedAsync(changes, mass, _recorder, cancellationToken);
            if (isWork && _environment!.CurrentUser.Request is { } request)
                await NoteWorkAsync(request, changes, _environment.Clock, cancellationToken);
            if (transaction is not null) await transaction.CommitAsync(cancellationToken);
            return written;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = isDetecting;
        }
    }

    /// <summary>
    /// Whether a row is part of what somebody wanted: the audit log notes refusals too, and a key claims nothing but itself.
    /// </summary>
    private static bool IsWork(EntityEntry entry) =>
        entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted
            && entry.Entity is not (AuditEntry or ChangeSet or IdempotencyRecord);

    /// <summary>
    /// Notes in the transaction of the work that the request's key is used. Where another request has taken over meanwhile, nothing is
    /// committed: that one does the work.
    /// </summary>
    private async Task NoteWorkAsync(KeyedRequest request, PendingChanges changes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var transaction = Database.CurrentTransaction!.TransactionId;
        if (_notedIn == transaction) return;
        var now = clock.GetUtcNow();
        var row = changes.Subject();
        var (type, id) = (row?.Type.ClrType.Name, (row?.Entity as IAudited)?.Id);
        // The first work of a request says what it was about.
        var noted = await IdempotencyRecords.Where(r => r.Id == request.RecordId && r.Claimant == request.Claimant).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.WorkedAt, now).SetProperty(x => x.SubjectType, x => x.SubjectId == null ? type : x.SubjectType)
                .SetProperty(x => x.SubjectId, x => x.SubjectId ?? id),
            cancellationToken);
        if (noted != 1) throw new ClaimLostException();
        _notedIn = transaction;
    }

    private async Task<int> SaveRecordedAsync(PendingChanges changes, MassChanges? mass, ChangeRecorder recorder,
        CancellationToken cancellationToken)
    {
        if (Provider is { } provider && (mass is not null || changes.Rows.Count > MassOfRows))
        {
            // A bulk edit says more of itself than it changes: those rows are not tracked one by one.
            await recorder.StartAsync(this, cancellationToken);
            var written = 0;
            foreach (var step in SaveSteps.All) written += await step.SaveInMassesAsync(this, cancellationToken);
            written += await base.SaveChangesAsync(true, cancellationToken);
            if (mass is not null) written += await mass.WriteAsync(provider, recorder.Now, cancellationToken);
            await recorder.WriteRowsAsync(this, provider, changes, cancellationToken);
            return written;
        }

        if (Provider is { IsInProcess: true } near && changes.Rows.Count > 0)
        {
            await recorder.StartAsync(this, cancellationToken);
            var written = await base.SaveChangesAsync(true, cancellationToken);
            await recorder.WriteRowsAsync(this, near, changes, cancellationToken);
            return written;
        }

        if (changes.HasNewRows)
        {
            // Audit rows name the keys of new rows, which the database gives in the first of two saves.
            var written = await base.SaveChangesAsync(true, cancellationToken);
            await recorder.AddRowsAsync(this, changes, cancellationToken);
            await base.SaveChangesAsync(true, cancellationToken);
            return written;
        }

        await recorder.AddRowsAsync(this, changes, cancellationToken);
        return await base.SaveChangesAsync(true, cancellationToken);
    }

    /// <summary>
    /// Writes what a feature says of rows that it has just saved itself, under the change set of <see cref="StartChangeSetAsync"/>, which
    /// is saved by now.
    /// </summary>
    internal async Task SaveRecordAsync(ChangeSet changeSet, IReadOnlyList<AuditEntry> entries, OutboxEvent happened,
        CancellationToken cancellationToken)
    {
        if (Provider is { IsInProcess: true } near)
        {
            await ChangeRecorder.WriteAsync(this, near, changeSet, entries, [happened], cancellationToken);
            return;
        }

        foreach (var entry in entries) entry.ChangeSetId = changeSet.Id;
        happened.ChangeSetId = changeSet.Id;
        AuditEntries.AddRange(entries);
        OutboxEvents.Add(happened);
        await SaveChangesAsync(cancellationToken);
    }

    /// <summary>Saves system results, such as those of a comparison, without audit rows and events.</summary>
    internal Task<int> SaveWithoutRecordAsync(CancellationToken cancellationToken) => base.SaveChangesAsync(true, cancellationToken);

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Only SaveChangesAsync records changes.");

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Passkeys are in a table of their own, with a column for each value.
        builder.Ignore<IdentityUserPasskey<long>>();
        builder.ApplyConfigurationsFromAssembly(typeof(CrmDbContext).Assembly);
        foreach (var version in builder.Model.GetEntityTypes().Where(e => typeof(IVersioned).IsAssignableFrom(e.ClrType)))
            builder.Entity(version.ClrType).Property(nameof(IVersioned.Version)).IsConcurrencyToken();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<List<string>>().HaveConversion<WordsConverter, WordsComparer>();
}
