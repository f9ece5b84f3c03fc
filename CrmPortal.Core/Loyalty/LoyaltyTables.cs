using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// The tables of the loyalty programme. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class LoyaltyTables
{
    extension(CrmDbContext db)
    {
        public DbSet<LoyaltyAccount> LoyaltyAccounts => db.Set<LoyaltyAccount>();
        public DbSet<LoyaltyBooking> LoyaltyBookings => db.Set<LoyaltyBooking>();
        public DbSet<LoyaltyEntry> LoyaltyEntries => db.Set<LoyaltyEntry>();
        public DbSet<LoyaltyLot> LoyaltyLots => db.Set<LoyaltyLot>();
        public DbSet<LoyaltyLotUse> LoyaltyLotUses => db.Set<LoyaltyLotUse>();
        public DbSet<LoyaltyProgramme> LoyaltyProgrammes => db.Set<LoyaltyProgramme>();
        public DbSet<TierChange> TierChanges => db.Set<TierChange>();
        public DbSet<AdjustmentRequest> AdjustmentRequests => db.Set<AdjustmentRequest>();
        public DbSet<Reward> Rewards => db.Set<Reward>();
        public DbSet<RewardRedemption> RewardRedemptions => db.Set<RewardRedemption>();
    }
}
