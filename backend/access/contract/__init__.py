"""Family doctors: who practises where, their teams, contracts (家庭医生签约) and break-glass."""
