using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CrmPortal.Tests.Loyalty;

/// <summary>What tests of the programme do again and again.</summary>
internal static class TestProgramme
{
    extension(TestServices data)
    {
        /// <summary>Puts rules in force.</summary>
        public async Task<ProgrammeDetails> UseRulesAsync(Func<ProgrammeRules, ProgrammeRules> change, string name = "Test")
        {
            await using var system = data.AsSystem();
            var programmes = system.Get<ProgrammeService>();
            var draft = await programmes.SaveDraftAsync(null, name, change(new ProgrammeRules()), null, default);
            return (await programmes.ActivateAsync(draft!.Part.Id, default))!;
        }

        /// <summary>Sells something, with all that follows for points and tier.</summary>
        public async Task<long> BuyAsync(string number, long customerId, decimal amount, DateTimeOffset? at = null)
        {
            var order = await data.AddOrderAsync(number, customerId, Money.ToMinor(amount, "EUR"), placedAt: at);
            await data.SettleAsync(order);
            return order;
        }

        public async Task SettleAsync(long orderId)
        {
            await using var system = data.AsSystem();
            await using var db = system.OpenContext();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await new OrderPoints(db, data.Get<IDatabaseProvider>(), system.Actor, data.Get<IOptions<ShopOptions>>().Value,
                data.Clock.GetUtcNow()).SettleAsync(orderId, default);
            await transaction.CommitAsync();
        }

        /// <summary>Adds points by hand.</summary>
        public async Task AddPointsAsync(long customerId, long points, int days = 365)
        {
            await using var system = data.AsSystem();
            await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customerId, Points = points, ExpiryDays = days }, null,
                default);
        }

        public async Task<TierReviewResult> ReviewTiersAsync()
        {
            await using var system = data.AsSystem();
            return await system.Services.GetServices<IJobHandler>().OfType<TierReview>().Single().ReviewAsync(null, default);
        }

        public async Task<int> RemindAsync()
        {
            await using var system = data.AsSystem();
            return await system.Services.GetServices<IJobHandler>().OfType<PointReminders>().Single().RemindAsync(null, default);
        }

        /// <summary>A customer's steps on the ladder in words, oldest first.</summary>
        public Task<List<string>> StepsAsync(long customerId) =>
            data.ReadAsync(db => db.TierChanges.Where(t => t.CustomerId == customerId).OrderBy(t => t.Id)
                .Select(t => $"{t.From} {t.To} {t.Cause}").ToListAsync());

        public Task<string?> TierAsync(long customerId) => data.ReadAsync(db => db.Customers.Where(c => c.Id == customerId)
            .Select(c => c.Tier).FirstAsync());

        /// <summary>A customer who wants mails of these kinds.</summary>
        public async Task<CustomerDetails> AddReaderAsync(params MessageKind[] kinds)
        {
            await using var system = data.AsSystem();
            var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
            foreach (var kind in kinds)
                await system.Get<PreferenceService>().SetCommunicationAsync(customer.Id, Channel.Email, kind, true, default);
            return customer;
        }
    }

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
