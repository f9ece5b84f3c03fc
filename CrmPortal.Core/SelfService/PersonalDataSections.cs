using CrmPortal.Core.Chats;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Network;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.SelfService;

/// <summary>A part of the copy that a customer gets of their data.</summary>
/// <param name="Name">Of the array in the file.</param>
/// <param name="Kind">The kind of rows whose content it gives.</param>
/// <param name="Rows">Of one customer, in the order of their keys.</param>
internal sealed record PersonalDataSection(string Name, Type Kind,
    Func<CrmDbContext, long, IAsyncEnumerable<object>> Rows);

/// <summary>
/// What the copy holds. A test fails for a kind of rows that names a customer and stands neither here nor among what is left out.
/// </summary>
internal static class PersonalDataSections
{
    public static IReadOnlyList<PersonalDataSection> All { get; } =
    [
        Of<ContactPoint>("contact_points", (db, id) => db.Set<ContactPoint>().Where(p => p.CustomerId == id).OrderBy(p => p.Id)
            .Select(p => new { p.Kind, p.Value, p.Label, p.VerifiedAt })),
        Of<Address>("addresses", (db, id) => db.Set<Address>().Where(a => a.CustomerId == id).OrderBy(a => a.Id).Select(a => new
        {
            a.Type, a.IsDefault, a.GivenName, a.FamilyName, a.Phone, a.Line1, a.Line2, a.City, a.State, a.PostalCode, a.Country,
            a.Latitude, a.Longitude, a.VerifiedAt,
        })),
        Of<CustomerTag>("tags", (db, id) => db.Set<CustomerTag>().Where(t => t.CustomerId == id).OrderBy(t => t.Id)
            .Select(t => new { t.Tag!.Name })),
        Of<ContactPerson>("contact_persons", (db, id) => db.Set<ContactPerson>().Where(p => p.CustomerId == id).OrderBy(p => p.Id)
            .Select(p => new { p.GivenName, p.FamilyName, p.Role, p.Email, p.Phone, p.IsMain })),
        Of<ImportantDate>("important_dates", (db, id) => db.Set<ImportantDate>().Where(d => d.CustomerId == id).OrderBy(d => d.Id)
            .Select(d => new { d.Label, d.Day, d.IsYearly })),
        Of<Preference>("preferences", (db, id) => db.Set<Preference>().Where(p => p.CustomerId == id).OrderBy(p => p.Id)
            .Select(p => new { p.Type, p.Key, p.Value })),
        Of<CommunicationPreference>("communication_preferences", (db, id) => db.Set<CommunicationPreference>()
            .Where(p => p.CustomerId == id).OrderBy(p => p.Id).Select(p => new { p.Channel, p.Kind, p.IsOptedIn, p.ChangedAt })),
        Of<Consent>("consents", (db, id) => db.Set<Consent>().Where(c => c.CustomerId == id).OrderBy(c => c.Id).Select(c => new
        {
            c.Purpose, c.Channel, c.State, c.Source, c.At, Wording = c.Wording == null ? null : c.Wording.Text, c.Form, c.IpAddress,
            c.UserAgent,
        })),
        Whole<Order>("orders", (db, id) => db.Set<Order>().Where(o => o.CustomerId == id).Include(o => o.Lines.OrderBy(l => l.Id))
            .ThenInclude(l => l.Product).OrderBy(o => o.Id), o => new
            {
                Number = o.Name, o.PlacedAt, o.Status, o.Channel, o.PaymentMethod, o.Currency, Total = Money.ToDecimal(o.Total, o.Currency),
                o.ShippingAddress, o.BillingAddress, o.LoyaltyCard, o.ContactEmail, o.ContactPhone,
                Lines = o.Lines.Select(l => new
                {
                    Product = l.Description ?? l.Product!.Name, l.Product!.Code, l.Quantity,
                    Amount = Money.ToDecimal(l.Amount, o.Currency),
                }),
            }),
        Whole<Refund>("refunds", (db, id) => db.Set<Refund>().Where(r => r.CustomerId == id).Include(r => r.Lines.OrderBy(l => l.Id))
            .ThenInclude(l => l.Product).OrderBy(r => r.Id), r => new
            {
                r.RefundedAt, r.IsReturn, r.Reason, r.Currency, Amount = Money.ToDecimal(r.Amount, r.Currency),
                Lines = r.Lines.Select(l => new
                {
                    Product = l.Description ?? l.Product!.Name, l.Quantity, Amount = Money.ToDecimal(l.Amount, r.Currency),
                }),
            }),
        Whole<Cart>("carts", (db, id) => db.Set<Cart>().Where(c => c.CustomerId == id).Include(c => c.Lines.OrderBy(l => l.Id))
            .ThenInclude(l => l.Product).OrderBy(c => c.Id), c => new
            {
                c.State, c.ChangedAt, c.Currency, Total = Money.ToDecimal(c.Total, c.Currency),
                Lines = c.Lines.Select(l => new { Product = l.Product!.Name, l.Quantity }),
            }),
        Of<WishlistItem>("wishlist", (db, id) => db.Set<WishlistItem>().Where(w => w.CustomerId == id).OrderBy(w => w.Id)
            .Select(w => new { Product = w.Product!.Name, w.AddedAt })),
        Of<ProductReview>("reviews", (db, id) => db.Set<ProductReview>().Where(r => r.CustomerId == id).OrderBy(r => r.Id)
            .Select(r => new { Product = r.Product!.Name, r.Rating, r.Title, r.Text, r.At })),
        Of<LoyaltyAccount>("points", (db, id) => db.Set<LoyaltyEntry>().Where(e => e.Account!.CustomerId == id).OrderBy(e => e.Id)
            .Select(e => new { e.At, e.Kind, e.Points, e.Booking!.Reason, e.Booking.Reference })),
        Of<RewardRedemption>("rewards", (db, id) => db.Set<RewardRedemption>().Where(r => r.CustomerId == id).OrderBy(r => r.Id)
            .Select(r => new { Reward = r.Reward!.Name, r.Code, r.State, r.At, r.ExpiresAt, r.EndedAt })),
        Of<TierChange>("tiers", (db, id) => db.Set<TierChange>().Where(t => t.CustomerId == id).OrderBy(t => t.Id)
            .Select(t => new { t.From, t.To, t.Cause, t.At, t.Until })),
        Of<SegmentMember>("groups", (db, id) => db.Set<SegmentMember>().Where(m => m.CustomerId == id).OrderBy(m => m.Id)
            .Select(m => new
            {
                Name = db.Set<Segment>().Where(s => s.Id == m.SegmentId).Select(s => s.Name).FirstOrDefault(), m.Since, m.Until,
            })),
        Of<CustomerScore>("scores", (db, id) => db.Set<CustomerScore>().Where(s => s.CustomerId == id).OrderBy(s => s.CustomerId)
            .Select(s => new { s.Recency, s.Frequency, s.Monetary, s.Segment })),
        Of<CustomerForecast>("forecasts", (db, id) => db.Set<CustomerForecast>().Where(f => f.CustomerId == id).OrderBy(f => f.CustomerId)
            .Select(f => new { f.Value, f.ExpectedOrders, f.Alive })),
        Of<Document>("documents", (db, id) => db.Set<Document>().Where(d => d.CustomerId == id && d.DeletedAt == null).OrderBy(d => d.Id)
            .Select(d => new { d.Kind, d.Name, d.ContentType, d.Size, d.Status, d.ExpiresOn, d.UploadedAt })),
        Whole<Ticket>("messages", (db, id) => db.Set<Ticket>().Where(t => t.CustomerId == id)
            .Include(t => t.Messages.Where(m => m.Kind == TicketMessageKind.Incoming
                || (m.Kind == TicketMessageKind.Reply && m.Delivery != TicketDelivery.Scheduled)).OrderBy(m => m.Id))
            .ThenInclude(m => m.Files).Include(t => t.Ratings).OrderBy(t => t.Id), t => new
            {
                Number = t.Name, t.Subject, t.Channel, t.State, t.CreatedAt,
                Messages = t.Messages.Select(m => new { m.At, m.AuthorName, m.Text, Files = m.Files.Select(f => f.Name) }),
                Ratings = t.Ratings.Select(r => new { r.Score, r.Comment, r.AnsweredAt }),
            }),
        Whole<Chat>("chats", (db, id) => db.Set<Chat>().Where(c => c.CustomerId == id)
            .Include(c => c.Messages.Where(m => m.Kind != ChatMessageKind.Notice).OrderBy(m => m.Id)).OrderBy(c => c.Id), c => new
            {
                c.StartedAt, c.EndedAt, c.VisitorName, c.VisitorEmail, c.Page, c.Score, c.Comment,
                Messages = c.Messages.Select(m => new { m.At, IsOwn = m.Kind == ChatMessageKind.Visitor, m.AuthorName, m.Text }),
            }),
        Of<NetworkConnection>("connections", (db, id) => db.Set<NetworkConnection>().Where(c => c.CustomerId == id).OrderBy(c => c.Id)
            .Select(c => new { Tariff = c.Tariff!.Name, c.AccessName, c.SuspendedAt, c.SuspendReason, c.CreatedAt })),
        Of<NetworkSession>("sessions", (db, id) => db.Set<NetworkSession>().Where(s => db.Set<NetworkConnection>()
            .Any(c => c.Id == s.ConnectionId && c.CustomerId == id)).OrderBy(s => s.Id)
            .Select(s => new { s.Address, s.StartedAt, s.LastSeenAt, s.EndedAt, s.EndCause, s.Seconds, s.Down, s.Up })),
        Of<NetworkUsage>("usage", (db, id) => db.Set<NetworkUsage>().Where(u => db.Set<NetworkConnection>()
            .Any(c => c.Id == u.ConnectionId && c.CustomerId == id)).OrderBy(u => u.Id)
            .Select(u => new { u.Day, u.Down, u.Up, u.Seconds, u.Sessions })),
        Of<User>("accounts", (db, id) => db.Users.Where(u => u.CustomerId == id).OrderBy(u => u.Id)
            .Select(u => new { u.UserName, u.Email, u.CreatedAt, u.Language, u.TimeZone })),
    ];

    /// <summary>Kinds of rows that name a customer and are not in the copy, by their names in the model, and why.</summary>
    public static IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["AdjustmentRequest"] = "Waiting work of staff; what was booked is among the points.",
        ["AuditEntry"] = "Who changed what: handed out on request, since it names members of staff.",
        ["Avatar"] = "A picture, which is shown and has no place in a file of text.",
        ["CustomerFollower"] = "Which members of staff want news.",
        ["CustomerMonth"] = "Sums of the orders, which are there.",
        ["CustomerScoreChange"] = "Former figures of the same orders.",
        ["DuplicatePair"] = "Names another customer.",
        ["GroupChoice"] = "How a membership came about; the membership is there.",
        ["IdempotencyRecord"] = "Repeats what was answered, for a day.",
        ["Import"] = "The file of which the record was made; the record is there.",
        ["Note"] = "Notes of staff may name others: handed out on request, after somebody has read them.",
        ["Notification"] = "News for members of staff.",
        ["OutgoingMail"] = "Waits to be sent, for minutes.",
        ["Relationship"] = "Names other customers.",
        ["SegmentTest"] = "An example that staff chose; says nothing of its own.",
        ["StaleBuyer"] = "A mark for the next calculation.",
        ["VerificationCode"] = "A key that was mailed, for a short time.",
        ["WebhookDelivery"] = "Copies of what is there, on their way to other systems.",
        ["WorklistEntry"] = "Suggestions for members of staff, made anew every night.",
    };

    private static PersonalDataSection Of<TKind>(string name, Func<CrmDbContext, long, IQueryable<object>> rows) =>
        new(name, typeof(TKind), (db, id) => rows(db, id).AsNoTracking().AsAsyncEnumerable());

    /// <summary>The same for rows with parts of their own, each kind of which is read with one statement.</summary>
    private static PersonalDataSection Whole<TKind>(string name, Func<CrmDbContext, long, IQueryable<TKind>> rows,
        Func<TKind, object> shown)
        where TKind : class =>
        new(name, typeof(TKind), (db, id) => rows(db, id).AsNoTracking().AsSplitQuery().AsAsyncEnumerable().Select(shown));
}
