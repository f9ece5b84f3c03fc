using System.Reflection;
using System.Runtime.CompilerServices;
using CrmPortal.Core;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Branding;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Demo;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Network;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Segments;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Verification;
using CrmPortal.Core.Webhooks;
using CrmPortal.Core.Worklist;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Access;

/// <summary>Walks every public method of every service of Core: none of them works for somebody who may not.</summary>
/// <remarks>All doors are tried on one database: nothing that is refused changes it, and refusals are told apart by who was
/// refused.</remarks>
public sealed class PermissionWalkTests(PermissionWalkTests.House house) : IClassFixture<PermissionWalkTests.House>
{
    /// <summary>Classes that are no doors for users: plumbing that others call after they have asked, or that asks for them.</summary>
    private static readonly HashSet<Type> NoDoors =
    [
        typeof(AccessControl), // It is the check.
        typeof(AuditLog), // Writes what the others log, refusals included.
        // Written by the background.
        typeof(ProfileAccessLog), typeof(DayKeeper), typeof(CohortKeeper), typeof(SegmentKeeper), typeof(KeptRules),
        // The background, and what open pages hear.
        typeof(OutboxDispatcher), typeof(OutboxSignal), typeof(LiveUpdates), typeof(Presence), typeof(FollowNotifier),
        // Run what a user started, as that user.
        typeof(JobRunner), typeof(Scheduler), typeof(DuplicateScanJob), typeof(ImportCheckJob), typeof(ImportPublishJob),
            typeof(ImportUndoJob), typeof(TierReview), typeof(PointReminders), typeof(WhatIfJob), typeof(BulkEditJob), typeof(PastOrderJob),
            typeof(RfmJob), typeof(NightlyRfmJob), typeof(ForecastJob), typeof(NightlyForecastJob), typeof(SegmentCountJob),
            typeof(CountJob), typeof(NightlyCountJob), typeof(WorklistJob), typeof(NightlyWorklistJob),
            typeof(TicketRecountJob), typeof(NightlyTicketRecountJob), typeof(TicketRecount), typeof(TicketStandingWatch),
                typeof(ComplaintRest),
            typeof(ReportDelivery), typeof(OrderBulkJob), typeof(ExpiryJob), typeof(LedgerReconciliationJob),
        // Call what demands by itself.
        typeof(AnswersCleanUp), typeof(ImportCleanUp), typeof(SessionCleanUp), typeof(CodeCleanUp), typeof(DocumentCleanUp),
            typeof(DocumentReminders),
        typeof(JobCleanUp), typeof(OutboxCleanUp), // Plumbing of the background.
        typeof(CrmDbContextFactory),
        typeof(ShopBrandLoader), // Reads what every page shows, the sign-in page too.
        typeof(AccountHolders), typeof(OrderLoyalty), // Asked by sign-in and by orders within their own transactions.
        typeof(ClamdScanner), // Asked by the service that takes documents.
        typeof(DemoCustomers), typeof(DemoWork), // Run at the start, in Development.
        typeof(HelpCleanUp), typeof(RegistrationCleanUp), // Plumbing of the background.
        // Plumbing of both sides of chats, who have asked or hold a key; what pages hear of chats.
        typeof(ChatBook), typeof(ChatTickets), typeof(ChatIdentity), typeof(ChatDoor), typeof(ChatSignals),
        // The background.
        typeof(WebhookCourier), typeof(WebhookFeed), typeof(WebhookCleanUp), typeof(HostNames), typeof(NetworkCleanUp),
        typeof(TicketTokens), // Signs, and checks signatures, for those who have asked.
        typeof(AddressGuard), typeof(SignInGuard), typeof(MailQueue), typeof(MergedCustomers),
            // What sign-in counts before there is a user, and where those who have asked put their mails; the
            // last leads from key to key before a service asks.
    ];

    /// <summary>Methods that nobody needs to be signed in for.</summary>
    private static readonly HashSet<string> ForEverybody =
    [
        // Signing in and looking a session up come before there is a user; the callers have checked the password or hold the token.
        "SessionService.StartBrowserAsync", "SessionService.StartApiAsync", "SessionService.RefreshAsync",
            "SessionService.FindByAccessTokenAsync",
        "SessionService.FindAsync", "SessionService.EndAsync", "SessionService.ProlongAsync",
        // Customers without an account hold a link that was sent to them; the token is the right.
        "ConsentSelfService.FindAsync", "ConsentSelfService.SetAsync", "ConsentSelfService.WithdrawAllAsync",
            "ConsentSelfService.FindRequestAsync", "ConsentSelfService.ConfirmAsync",
        "SurveyService.GetAsync", "SurveyService.AnswerAsync",
        // The contact form is for everybody.
        "ContactFormService.SendAsync", "HelpCentreService.NoteAskedAsync",
        "VerificationService.FindLinkAsync", "VerificationService.ConfirmLinkAsync",
        // Whoever has the code; whoever registers, and whoever has shown by link and password that they did.
        "VerificationService.ConfirmCodeAsync", "RegistrationService.RegisterAsync", "RegistrationService.SettleAsync",
            "SignInEmailService.ChangeAsync",
        // Visitors have the chat whose key they made, and nothing else.
        "VisitorChatService.DoorAsync", "VisitorChatService.StartAsync", "VisitorChatService.ResumeAsync", "VisitorChatService.SayAsync",
            "VisitorChatService.SendFileAsync", "VisitorChatService.OpenFileAsync", "VisitorChatService.ReadAsync",
            "VisitorChatService.EndAsync", "VisitorChatService.RateAsync", "VisitorChatService.LeaveAddressAsync",
            "VisitorChatService.TypeAsync",
        // What is published is for everybody; the service itself leaves out what is not for whoever asks.
        "HelpCentreService.HomeAsync", "HelpCentreService.CategoryAsync", "HelpCentreService.ArticleAsync", "HelpCentreService.SearchAsync",
            "HelpCentreService.SuggestAsync", "HelpCentreService.ForReplyAsync", "HelpCentreService.VoteAsync",
                "HelpCentreService.MapAsync",
            "HelpCentreService.NewestAsync", "ArticlePictureService.FindAsync",
    ];

    /// <summary>Methods that need a signed-in user and no permission: they reach only what is their own.</summary>
    private static readonly HashSet<string> ForTheSignedIn =
    [
        "SessionService.ListOwnAsync", "SessionService.EndOthersAsync", "ProfileService.ChangeAsync", "ProfileService.SetLanguageAsync",
            "UndoService.LastOwnAsync", "JobService.GetAsync", "JobService.CancelAsync", "SavedViewService.RemoveAsync",
        "CustomerProfileService.OwnAsync", "CustomerProfileService.OwnIdAsync", "WaitingService.ListAsync", "HomeService.GetAsync", "HomeService.SetAsync",
        "NotificationService.ListAsync", "NotificationService.CountUnreadAsync", "NotificationService.MarkReadAsync",
        "IdempotencyRecords.ClaimAsync", "IdempotencyRecords.RenewAsync", "IdempotencyRecords.RememberAsync",
            "IdempotencyRecords.ForgetAsync",
        "UndoService.UndoAsync", // Needs the permission of the work that is undone; refuses with a sentence where there is none.
    ];

    public static TheoryData<string> Doors => [.. Methods().Select(m => m.Name)];

    public static TheoryData<string> DoorsWithPermission => [.. Methods().Select(m => m.Name).Where(n => !ForTheSignedIn.Contains(n))];

    [Theory, MemberData(nameof(DoorsWithPermission))]
    public async Task Call_SignedInWithoutPermission_IsRefusedAndRecordedOnce(string name)
    {
        var data = house.Data;
        await using var powerless = await data.AsAsync();

        await Assert.ThrowsAsync<AccessDeniedException>(() => CallAsync(powerless, name));

        var refusals = await data.ReadAsync(db => db.AuditEntries
            .Where(e => e.Action == AuditAction.Refused && e.ChangeSet!.ActorId == powerless.UserId).Select(e => e.Fields).ToListAsync());
        Assert.Contains(Assert.Single(refusals), Permissions.All.Append(AccessControl.OwnAccount));
        Assert.Equal(1, await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.ChangeSet!.ActorId == powerless.UserId)));
    }

    [Theory, MemberData(nameof(Doors))]
    public async Task Call_ByNobody_IsRefused(string name)
    {
        await using var nobody = house.Data.AsNobody();

        await Assert.ThrowsAsync<SignedOutException>(() => CallAsync(nobody, name));
    }

    [Fact]
    public void Exceptions_AllExist()
    {
        var names = Services().SelectMany(s => Methods(s)).Select(m => m.Name).ToHashSet();

        Assert.All(ForEverybody.Union(ForTheSignedIn), name => Assert.Contains(name, names));
    }

    private static IEnumerable<Type> Services() => new ServiceCollection().AddCrmCore(new DatabaseOptions())
        .Select(s => s.ImplementationType ?? s.ServiceType)
        .Where(t => t is { IsClass: true, Namespace: { } space } && space.StartsWith("CrmPortal.Core", StringComparison.Ordinal)
            // A kind of report makes what the service of reports has asked for.
            && !NoDoors.Contains(t) && !typeof(IReport).IsAssignableFrom(t)).Distinct();

    private static IEnumerable<(string Name, Type Service, MethodInfo Method)> Methods(Type service) =>
        service.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => typeof(Task).IsAssignableFrom(m.ReturnType)).Select(m => ($"{service.Name}.{m.Name}", service, m));

    private static IEnumerable<(string Name, Type Service, MethodInfo Method)> Methods() => Services().SelectMany(Methods)
        .Where(m => !ForEverybody.Contains(m.Name));

    private static async Task CallAsync(TestScope scope, string name)
    {
        var (_, service, method) = Methods().First(m => m.Name == name);
        var arguments = method.GetParameters().Select(Argument).ToArray();
        await (Task)method.Invoke(scope.Services.GetRequiredService(service), BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    private static object? Argument(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => "x",
        var type when type == typeof(long) => 1L,
        { IsValueType: true } type => Activator.CreateInstance(type),
        { IsInterface: true } or { IsArray: true } or { IsAbstract: true } => null,
        var type => RuntimeHelpers.GetUninitializedObject(type),
    };

    /// <summary>The services behind all doors, on the one database of this class.</summary>
    public sealed class House : IAsyncLifetime
    {
        private TestServices? _data;

        internal TestServices Data => _data ?? throw new InvalidOperationException("The class has not begun.");

        public async ValueTask InitializeAsync() => _data = await TestServices.CreateAsync(DatabaseKind.Sqlite);

        public async ValueTask DisposeAsync()
        {
            if (_data is not null) await _data.DisposeAsync();
        }
    }
}
